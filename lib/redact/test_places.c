/*
 * What is smaller than a state goes, in the forms that posts write addresses in (UPU S42, USPS
 * Publication 28), and what only looks like it stays.
 */

#include <stdio.h>
#include <string.h>

#include "redact/redact.h"
#include "tap.h"

#include "test_rows.h"

static void american_streets_go_with_their_unit_town_and_zip(void)
{
    static const struct row rows[] = {
        {"PSC 4521, Box 8832, APO AP 96543", "[geo]"},
        {"Calle de Alcal\u00e1 45, 3\u00ba izq, 28014 Madrid", "[geo]"},
        {"Carrera 7 No. 71-21, Bogot\u00e1", "[geo]"},
        {"P.O. Box 30197-00100, Nairobi", "[geo]"},
        {"Kenyatta Avenue, P.O. Box 30197-00100, Nairobi", "[geo]"},
        {"House 12, Road 5, Dhanmondi, Dhaka 1205", "[geo]"},
        {"King Fahd Road, Al Olaya, Riyadh 12214", "[geo]"},
        {"1-1 Marunouchi, Chiyoda-ku, Tokyo", "[geo]"},
        {"Laugavegur 18, 101 Reykjav\u00edk", "[geo]"},
        {"200 Queen St W, Toronto, ON M5V 1Z4", "[geo]"},
        {"Str. Lipscani nr. 5, bl. A2, sc. 1, ap. 7", "[geo]"},
        {"Gedimino pr. 9, LT-01103 Vilnius", "[geo]"},
        {"postcode SW1A 1AA", "postcode [geo]"},
        {"please send it to drottninggatan 71 b, 111 36 stockholm", "please send it to [geo]"},
        {"we left it all in Galway", "we left it all in [geo]"},
        {"6538 Dray Rd, Midland, TX 79701 - Maps", "[geo] - Maps"},
        {"12 N 3rd St Apt 4 - Maps", "[geo] - Maps"},
        {"12B Baker St", "[geo]"},
        {"4038 Old Mill Terrace Apt 37B and fell", "[geo] and fell"},
        {"8808 highland ave, laredo new mexico 78040", "[geo]"},
        {"mail to 5101 E. Pine St Columbus OH 94536", "mail to [geo]"},
        {"1600 Pennsylvania Avenue NW, Washington, DC 20500", "[geo]"},
        {"7765 Wright Drive, Four States, WV 26572", "[geo]"},
        {"350 Fifth Avenue, Suite 3300", "[geo]"},
        {"1209 Route 22 East, x", "1209 Route 22 East, x"},
        {"PO Box 1234", "[geo]"},
        {"P.O. Box 994, Bakersfield, CA 93301", "[geo]"},
        {"Flat 4, 12 High Street, Leeds LS1 4AP", "[geo]"},
        {"Room 155, Building 19, No. 5 Nanjing Road, Chengdu, 610000", "[geo]"},
        {"7903 willow creek ln apt 31d, neighbors", "[geo], neighbors"},
        {"983 jefferson blvd, houston, tx 77017 x", "[geo] x"},
        {"8708 highland drive, tampa, fl 33645", "[geo]"},
        {"4261 Willow Drive", "[geo]"},
        {"patient lives on Willow Creek Lane", "patient lives on [geo]"},
    };

    ALL(balanced, rows);
}

static void streets_of_other_countries_go(void)
{
    static const struct row rows[] = {
        {"Hauptstra\u00dfe 12, 10115 Berlin", "[geo]"},
        {"Bahnhofstr. 252, 18055 Rostock", "[geo]"},
        {"Mariahilfer Strasse 66/30, 1060 Wien", "[geo]"},
        {"12 rue de la Paix, 75002 Paris", "[geo]"},
        {"Calle Mayor 174, 11403 Madrid", "[geo]"},
        {"Via Roma 5, 00184 Roma", "[geo]"},
        {"ul. Marsza\u0142kowska 52/22, 31-147 Krak\u00f3w", "[geo]"},
        {"Kerkstraat 71 bus 15, 1000 Brussel", "[geo]"},
        {"Drottninggatan 264, 412 54 G\u00f6teborg", "[geo]"},
        {"Strandvejen 203, 2900 Hellerup", "[geo]"},
        {"Storgata 52B, 0154 Oslo", "[geo]"},
        {"Mannerheimintie 58 A 26, 00100 Helsinki", "[geo]"},
        {"Pet\u0151fi S\u00e1ndor u. 138. 22. em.", "[geo]."},
        {"Rua Augusta 1500, S\u00e3o Paulo", "[geo]"},
        {"Jl. Sudirman No. 174, Jakarta Pusat 10220", "[geo]"},
        {"Atat\u00fcrk Cad. No: 142/35, 35210 \u0130zmir", "[geo]"},
        {"Ilica 22, 10000 Zagreb", "[geo]"},
        {"190 Esplanade, Toowoomba 4350", "[geo]"},
        {"46-5 Nihonbashi, Chuo-ku, Tokyo 150-0002", "[geo]"},
        {"No. 8, Jalan Ampang, 50450 Kuala Lumpur", "[geo]"},
        {"Rua Augusta 1508, S\u00e3o Paulo - SP, 01304-001", "[geo]"},
        {"Av. Insurgentes Sur 1602, Col. Centro, 03940 Ciudad de M\u00e9xico", "[geo]"},
        {"Calle 50, Edificio Global, Ciudad de Panam\u00e1", "[geo]"},
        {"Room 802, 55 Huaihai Middle Road, Huangpu District, Shanghai 200021", "[geo]"},
        {"Alter Markt 11, ground floor", "[geo], ground floor"},
        {"flat on Nevsky Prospekt 28", "flat on [geo]"},
        {"on Bourbon Street 210.", "on [geo]."},
        {"Im Winkel 3, Basel", "[geo]"},
        {"22 Galle Road, Colombo 3", "[geo]"},
        {"the car is parked near Kloveniersburgwal 12", "the car is parked near [geo]"},
        {"taxi from 202-B Gulberg III.", "taxi from [geo]."},
        {"3511CE Utrecht", "[geo]"},
        {"12 Main St, duluth mn 55811", "[geo]"},
        {"RR 2 Box 118, Elkins, WV 26241", "[geo]"},
    };

    ALL(balanced, rows);
}

static void towns_go_beside_their_state_or_postcode(void)
{
    static const struct row rows[] = {
        {"lives in TX 797011234", "lives in [geo]"},
        {"Midland, TX 797011234 x", "[geo] x"},
        {"Midland, TX", "[geo]"},
        {"from Baton Rouge, Louisiana", "from [geo], Louisiana"},
        {"TX 79701", "[geo]"},
        {"Salt Lake City, UT 84101-1234", "[geo]"},
        {"40115 Bandung, x", "[geo], x"},
        {"Hyderabad - 500034", "[geo]"},
        {"370 01 \u010cesk\u00e9 Bud\u011bjovice", "[geo]"},
        {"City: Giza", "City: [geo]"},
        {"lives in Cook County", "lives in [geo]"},
    };

    ALL(balanced, rows);
}

static void towns_go_where_somebody_is_at_home(void)
{
    static const struct row rows[] = {
        {"he lives in Oakland", "he lives in [geo]"},
        {"born in Sankt P\u00f6lten, x", "born in [geo], x"},
        {"transport from Yakima to here", "transport from [geo] to here"},
        {"MRN 1234567 seen in Baton Rouge", "MRN [mrn] seen in [geo]"},
        {"Oslo - Tampere, one way", "[geo] - [geo], one way"},
        {"patient seen at Mercy General Hospital", "patient seen at [geo]"},
    };

    ALL(balanced, rows);
}

static void what_is_no_place_of_anybody_stays(void)
{
    static const char *const rows[] = {
        "5 ways to win",
        "1st place, 2nd place, 3rd place",
        "10 Google Drive",
        "2 Network Drive",
        "Windows 10 Test Run",
        "ICD-10 Q55.4 Rapid Deterrent",
        "MRI Ring 2",
        "Texas Medicaid",
        "in Excel, to Outlook",
        "made in Brazil",
        "Article 17 of the Korean constitution",
        "born in May",
        "Inbox (12) - Outlook",
        "OR schedule",
        "in pain, OK to go home",
        "Reading list in mobile view",
        "home address",
        "box 12",
        "seen 3 times by Dr",
        "Dallas score",
        "GE Healthcare in 2019",
        "RR 18 SpO2 97",
        "Fear Street 1994",
        "from 3 to 4 rows",
        "meeting at 3 PM",
        "sent Via 12 hops",
        "Sector 22 report",
        "closed in 2019 again",
    };

    STAY(balanced, rows);
}

/* Whatever is written, the work does not explode. */
static void texts_of_nothing_but_addresses_come_to_an_end(void)
{
    fill(balanced, "12 Main St, ");
    fill(balanced, "San San ");
    fill(balanced, "12-34 Xx, ");
    fill(balanced, "in Oslo - Oslo, TX ");
}

int main(void)
{
    rows_start();
    RUN(american_streets_go_with_their_unit_town_and_zip);
    RUN(streets_of_other_countries_go);
    RUN(towns_go_beside_their_state_or_postcode);
    RUN(towns_go_where_somebody_is_at_home);
    RUN(what_is_no_place_of_anybody_stays);
    RUN(texts_of_nothing_but_addresses_come_to_an_end);
    rows_stop();
    return tap_done();
}
