"""Personal names: some written by hand for the large groups of people in the United States and for scripts romanised there, the rest from
the locales of @faker-js/faker. First and last names are drawn apart, so nobody is meant. A name belongs to the development half or
to the held-back half by its checksum: no name stands in both."""

import zlib

OWN = {
    "us": ("James Robert Linda Barbara Grace Hope Mark Will Rose Dawn Dale Glenn Wayne Darlene Gladys Chase Hunter Brooke Autumn Skylar Jaxon "
           "Mildred Ethel Doris Earl Floyd Vernon Melvin Opal Pearl Ruby Faith Joy Kaylee Braylen Tanner Colton Paige Sierra Wendell Marjorie",
           "Peterson Young Long Price Cook Bush Page Field Rivers Stone Woods Banks Bishop Pope King Knight Savage Strong Small Little Short "
           "Sharp Swift Winter Summers Frost Snow Rice Bean Berry Lake Hill Marsh Park Wells Church Bell Crisp Dowling Hargrove Pettigrew "
           "Langston Whitfield Tuttle Crabtree Ledbetter Stallworth Yoder Stoltzfus Hershberger McAllister O'Rourke MacLeod Van Horn"),
    "black": ("DeShawn Lakeisha Tyrone Keisha Jamal Latoya Darnell Shanice Marquis Ebony Tremaine Aaliyah Imani Terrell Kenya Monique Jaquan "
              "Tanisha Rashad Précious Ja'Marcus La'Tonya D'Andre Shaniqua Malik Nakia",
              "Washington Jefferson Booker Gaines Mosley Dorsey Broussard Pettway Merriweather Toussaint Hairston Whitaker Beasley Muhammad "
              "Singletary Rucker Gadson Fontenot Boykin Tubman"),
    "hispanic": ("María José Guadalupe Xochitl Yadira Refugio Esperanza Concepción Ángel Jesús Lupita Óscar Rocío Ximena Itzel Ulises "
                 "Hortencia Eulalia Wilfredo Yesenia Osvaldo Maribel Altagracia Milagros Santos Cruz",
                 "García Rodríguez Villalobos Peña Muñoz Núñez Ybarra Zúñiga Quiñones De La Cruz-Ortiz Del Toro Barrientos Cisneros Echeverría "
                 "Huerta Olivárez Tzul Chávez Feliciano Maldonado Santiago Montes de Oca Iturbide Xicay Ocampo Rentería"),
    "chinese": ("Wei Xiaoming Jing Yan Meiling Zhiyuan Haoran Xiu Guoqiang Liang Yuxuan Siu-Ling Kwok Ming-Hua Wai Hsin-Yi Chi-Wei",
                "Wang Zhang Li Liu Chen Huang Zhao Xu Zhu Lin Gao Luo Zheng Xie Tang Hsu Tsai Ng Leung Kwan Cheung Yip Ouyang Szeto Qiu Zhong"),
    "vietnamese": ("Thuy Huong Minh Linh Tuan Dung Phuong Ngoc Hanh Trang Quoc Bao Thanh Nhung Khanh Tuyet Long An",
                   "Nguyen Tran Pham Huynh Hoang Phan Vu Vo Dang Bui Do Ngo Duong Ly Truong Dinh Luong Lam"),
    "korean": ("Ji-woo Min-jun Seo-yeon Eun Sung-ho Kyung-hee Young-sook Hyun Soo-jin Jae Hye-jin Dong-hyun",
               "Kim Lee Park Choi Jung Kang Cho Yoon Jang Lim Han Oh Seo Shin Kwon Hwang Ahn Song Yoo Hong Noh Baek"),
    "japanese": ("Haruto Yuki Sakura Kenji Emiko Takeshi Hiroko Masao Kazuo Aiko Noriko Tsutomu Shigeru Michiko",
                 "Tanaka Suzuki Watanabe Yamamoto Nakamura Kobayashi Inouye Matsumoto Fujimoto Shimizu Hayashi Okamoto Ishikawa Ogawa Ueda"),
    "filipino": ("Maricel Jun-Jun Rowena Arnel Ligaya Bayani Jhoanna Rizalina Emelita Reynaldo Cherry Honeylyn Dante Luzviminda",
                 "Dela Cruz Bautista Macaraeg Pangilinan Dimaculangan Catacutan Abad Salonga Magsaysay Tolentino Agbayani Lumapas Batungbacal"),
    "indian": ("Priya Anjali Rajesh Venkata Srinivas Lakshmi Harpreet Gurpreet Jaswinder Manoj Sunita Padmavathi Karthik Aarav Ishaan Deepa "
               "Bhavesh Hetal Nirav Zubin Thangaraj Meenakshi Sukhwinder",
               "Patel Shah Reddy Rao Iyer Subramanian Krishnamurthy Banerjee Chatterjee Mukherjee Gill Dhillon Sandhu Kaur Singh Desai "
               "Deshpande Kulkarni Nair Pillai Venkataraman Agarwal Gupta Chowdhury Naidu Bhattacharya Trivedi"),
    "arab": ("Mohammed Ahmad Fatima Khalid Layla Omar Noura Abdulrahman Yousef Huda Zainab Hussein Rania Tariq Samira Ibrahim",
             "Al-Hashimi Haddad Khoury Nasser El-Sayed Abdallah Mansour Bazzi Saleh Qasim Al Mutairi Hammoud Shaheen Darwish Farhat Abu Bakr"),
    "iranian": ("Farhad Shirin Parisa Reza Nasrin Behrouz Mahsa Kourosh Azadeh Dariush", "Hosseini Rahimi Tehrani Mohammadi Farahani Ghorbani "
                "Shirazi Zand Pourmand Jafari Golzari Moradi"),
    "armenian": ("Ani Armen Gayane Hovik Vartan Siranush Ashot Nune", "Petrosyan Hakobyan Grigoryan Sarkisian Kardashyan Der-Bedrosian Manoukian Avetisyan"),
    "slavic": ("Oksana Bohdan Svetlana Dmitri Wojciech Małgorzata Zbigniew Jadwiga Katarzyna Miroslav Yelena Vladislav Stanislav Halyna",
               "Kowalczyk Wiśniewski Wojciechowski Szczepański Ivanov Kuznetsova Shevchenko Bondarenko Kovalenko Petrov Novak Dvořák Horvat "
               "Jovanović Nowicki Zielinski Krasowski Hrytsenko"),
    "jewish": ("Shlomo Chaim Rivka Moshe Yael Avigail Mordechai Golda Tzvi Shoshana", "Goldstein Rosenbaum Feldman Katz Levy Abramowitz "
               "Teitelbaum Shapiro Ben-David Greenblatt Mizrahi Perlmutter"),
    "hmong": ("Mai Pao Yer Chue Tou Kao Nhia Bee Xai Houa", "Vang Xiong Yang Thao Moua Lor Her Vue Khang Cha"),
    "somali": ("Abdi Hodan Ayaan Faduma Mahamud Ifrah Warsame Sahra", "Warsame Hirsi Jama Farah Abdullahi Osman Nur Guled Dirie"),
    "ethiopian": ("Tigist Abebe Meseret Dawit Selamawit Yohannes Hiwot Tsegaye", "Tesfaye Gebremariam Haile Bekele Woldemichael Alemu Kebede Desta"),
    "nigerian": ("Chinwe Oluwaseun Ngozi Emeka Adaeze Babatunde Folasade Ifeoma Temitope", "Okafor Adeyemi Nwosu Okonkwo Balogun Eze "
                 "Olawale Ogunleye Chukwuemeka Adebayo Onyekachi"),
    "haitian": ("Jean-Baptiste Marie-Ange Wideline Frantz Guerline Pierre-Louis", "Jean-Louis Saint-Fleur Dorvil Charlemagne Desrosiers Exantus Estimé"),
    "native": ("Delphine Harlan Wynona Leland Verna Orville", "Begay Yazzie Tsosie Benally Nez Manuelito Whitehorse Red Cloud Two Bulls Bitsui "
               "Lone Wolf Yellowhair Etsitty"),
    "pacific": ("Keola Leilani Sione Malia Kekoa Tevita Mele Kaimana", "Kealoha Kamakawiwo Tuilagi Fonoti Leota Nakoa Taufa Kahananui Seumalo"),
    "italian": ("Vincenzo Carmela Rocco Assunta Gaetano Concetta", "DiGiovanni De Luca LoPresti D'Angelo Santoro Ricciardi Esposito Mastroianni"),
    "german": ("Otto Helga Dieter Gertrude Jürgen Irmgard", "Müller Schröder von Braun Schwarzkopf Zimmermann Kuefner Oberholtzer Weiß"),
    "nordic": ("Bjørn Solveig Åsa Lars Ingrid Sigurd", "Lindqvist Sørensen Bergström Halvorsen Knudsen Ødegård Jokinen Virtanen"),
    "portuguese": ("João Conceição Lourdes Thiago Inês", "Ferreira da Silva dos Santos Medeiros Magalhães Câmara Figueiredo"),
    "greek": ("Stavros Eleni Konstantinos Despina Panagiotis", "Papadopoulos Georgiou Karagiannis Theodorakis Stamatopoulos Pappas"),
    "african": ("Kwame Akosua Thabo Nomvula Tendai Wanjiru Juma Amina", "Mensah Asante Dlamini Nkosi Mutasa Kamau Ochieng Mwangi Boateng"),
    "turkish": ("Mehmet Ayşe Emine Hakan Zeynep Çağla", "Yılmaz Özdemir Şahin Çelik Aydın Karaoğlu"),
    "thai": ("Somchai Siriporn Apinya Kittisak Malee", "Suwannarat Chaiyasit Rattanakosin Srisai Wongsawat"),
    "burmese": ("Aung Hla Ma Khin Zaw", "Myint Thein Htoo Paw Win"),
    "nepali": ("Bishnu Sita Dilip Kamala Tshering", "Gurung Tamang Adhikari Rai Subedi"),
}
JOINED = ("Van Horn", "De La Cruz-Ortiz", "Del Toro", "Montes de Oca", "Dela Cruz", "Al Mutairi", "Abu Bakr", "Red Cloud", "Two Bulls",
          "Lone Wolf", "De Luca", "von Braun", "da Silva", "dos Santos")
# Locales of the library written in Latin letters, and those in their own script.
LATIN = ("af_ZA az cs_CZ da de de_CH en en_AU en_GH en_IN en_NG en_NP en_ZA es es_MX fi fr fr_BE fr_CH fr_SN hr hu id_ID it "
         "ku_kmr_latin lv nb_NO nl nl_BE pl pt_BR pt_PT ro ro_MD sk sl_SI sr_RS_latin sv tr uz_UZ_latin vi yo_NG zu_ZA").split()
SCRIPT = "ar dv el fa he hy ja ka_GE ko mk ne ru th uk ur zh_CN zh_TW".split()
EAST = ("ja", "ko", "zh_CN", "zh_TW")


def half_of(word):
    return zlib.crc32(word.lower().encode()) & 1


def split(words):
    for whole in JOINED:
        words = words.replace(whole, whole.replace(" ", "_"))
    return [w.replace("_", " ") for w in words.split()]


class Names:
    """Draws people of one half."""

    def __init__(self, library, half):
        self.half, self.library = half, library
        self.own = [([w for w in split(first) if half_of(w) == half], [w for w in split(last) if half_of(w) == half]) for first, last in OWN.values()]
        self.own = [pair for pair in self.own if pair[0] and pair[1]]

    def words(self, code, what):
        return [w for w in self.library[code][what] if half_of(w) == self.half] or self.library[code][what]

    def own_person(self, rng):
        # Groups count by the size of their lists' roots: the large ones come more often, none is rare.
        first, last = rng.choices(self.own, weights=[len(p[1]) for p in self.own])[0]
        return rng.choice(first), rng.choice(last), "own"

    def library_person(self, rng, code=None):
        code = code or rng.choice([c for c in LATIN if self.library[c]["first"] and self.library[c]["last"]])
        return rng.choice(self.words(code, "first")), rng.choice(self.words(code, "last")), code

    def american(self, rng):
        return self.own_person(rng) if rng.random() < 0.6 else self.library_person(rng, rng.choices(["en", "es_MX", "en_IN"], weights=[8, 2, 1])[0])

    def anybody(self, rng):
        return self.own_person(rng) if rng.random() < 0.3 else self.library_person(rng)

    def in_script(self, rng):
        return self.library_person(rng, rng.choice([c for c in SCRIPT if self.library[c]["first"] and self.library[c]["last"]]))
