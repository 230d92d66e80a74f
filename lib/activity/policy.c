#include "activity/policy.h"

/*
 * Applications that show patients in their titles, or show another computer's screen that may.
 * Names of executables and window classes in lower case, without ".exe"; '*' at the end matches any
 * rest. A name too many costs a title that the policy asked for; a name too few costs a patient's
 * privacy: so patterns are wide. Categories follow the products that the ONC Certified Health IT
 * Product List and the vendors' own deployment guides name.
 */
static const char *const hipaa_names[] = {
    /* electronic health records, hospital */
    "hyperspace*",   /* Epic Hyperspace */
    "hyperdrive*",   /* Epic Hyperdrive */
    "epic*",         /* Epic: launchers, print and integration helpers */
    "haiku*",        /* Epic Haiku */
    "canto*",        /* Epic Canto */
    "powerchart*",   /* Oracle Health (Cerner) PowerChart */
    "cerner*",       /* Oracle Health: other clients */
    "firstnet*",     /* Oracle Health: emergency */
    "surginet*",     /* Oracle Health: surgery */
    "pharmnet*",     /* Oracle Health: pharmacy */
    "revcycle*",     /* Oracle Health: registration */
    "meditech*",     /* MEDITECH Expanse and Magic */
    "magicws*",      /* MEDITECH Magic workstation */
    "csmagic*",      /* MEDITECH Client/Server */
    "expanse*",      /* MEDITECH Expanse */
    "vmagicpprcl*",  /* MEDITECH remote presentation */
    "sunrise*",      /* Altera Sunrise Clinical Manager */
    "allscripts*",   /* Veradigm, Altera */
    "paragon*",      /* Altera Paragon */
    "soarian*",      /* Siemens, Cerner Soarian */
    "orbis*",        /* Dedalus ORBIS */
    "cpsi*",         /* TruBridge, CPSI */
    "trubridge*",    /* TruBridge */
    "medhost*",      /* MEDHOST */
    "cprschart*",    /* VA CPRS, VistA */
    "vista*",        /* VistA clients */
    "rpms*",         /* Indian Health Service RPMS */
    "medworxx*",     /* utilisation and patient flow */
    "teletracking*", /* bed management */

    /* electronic health records, practice */
    "athena*",           /* athenahealth */
    "eclinicalworks*",   /* eClinicalWorks */
    "ecw*",              /* eClinicalWorks client */
    "nextgen*",          /* NextGen Enterprise */
    "greenway*",         /* Greenway Intergy, Prime Suite */
    "intergy*",          /* Greenway Intergy */
    "primesuite*",       /* Greenway Prime Suite */
    "centricity*",       /* athenaPractice, GE Centricity */
    "practicefusion*",   /* Practice Fusion */
    "amazingcharts*",    /* Amazing Charts */
    "advancedmd*",       /* AdvancedMD */
    "kareo*",            /* Tebra, Kareo */
    "tebra*",            /* Tebra */
    "drchrono*",         /* DrChrono */
    "modmed*",           /* ModMed */
    "ema",               /* ModMed EMA */
    "officepracticum*",  /* pediatrics */
    "aprima*",           /* Aprima */
    "e-mds*",            /* eMDs */
    "medent*",           /* MEDENT */
    "openemr*",          /* OpenEMR */
    "openmrs*",          /* OpenMRS */
    "gnumed*",           /* GNUmed */
    "oscar*",            /* OSCAR EMR */
    "pointclickcare*",   /* long-term care */
    "matrixcare*",       /* long-term care */
    "netsmart*",         /* behavioural health, home care */
    "myavatar*",         /* Netsmart myAvatar */
    "credible*",         /* behavioural health */
    "homecarehomebase*", /* home health */
    "dentrix*",          /* dental */
    "eaglesoft*",        /* dental */
    "opendental*",       /* dental */

    /* images: PACS, RIS, DICOM viewers */
    "pacs*",          /* viewers named for what they are */
    "synapse*",       /* Fujifilm Synapse */
    "isite*",         /* Philips IntelliSpace PACS */
    "intellispace*",  /* Philips */
    "visage*",        /* Visage 7 */
    "impax*",         /* Agfa IMPAX */
    "xero*",          /* Agfa XERO viewer */
    "mckesson*",      /* Change Healthcare Radiology */
    "changehealth*",  /* Change Healthcare */
    "sectra*",        /* Sectra IDS7 */
    "ids7*",          /* Sectra IDS7 */
    "merge*",         /* Merative Merge PACS */
    "carestream*",    /* Philips Vue, Carestream */
    "vuepacs*",       /* Philips Vue PACS */
    "infinitt*",      /* INFINITT */
    "novarad*",       /* Novarad */
    "ambra*",         /* Intelerad Ambra */
    "intelerad*",     /* Intelerad */
    "inteleviewer*",  /* Intelerad */
    "syngo*",         /* Siemens syngo */
    "osirix*",        /* DICOM viewer */
    "horos*",         /* DICOM viewer */
    "radiant*",       /* DICOM viewer */
    "weasis*",        /* DICOM viewer */
    "microdicom*",    /* DICOM viewer */
    "ginkgocadx*",    /* DICOM viewer */
    "aeskulap*",      /* DICOM viewer */
    "3dslicer*",      /* 3D Slicer */
    "slicer*",        /* 3D Slicer */
    "powerscribe*",   /* Nuance PowerScribe: dictation of findings */
    "fluency*",       /* Solventum Fluency: dictation */
    "dragonmedical*", /* Nuance Dragon Medical */
    "dmo*",           /* Dragon Medical One */

    /* laboratory, pathology, pharmacy, monitoring */
    "sunquest*",  /* Clinisys Sunquest */
    "softlab*",   /* SCC SoftLab */
    "orchard*",   /* Orchard Harvest */
    "beaker*",    /* Epic Beaker */
    "copath*",    /* pathology */
    "powerpath*", /* pathology */
    "labcorp*",   /* LabCorp clients */
    "quanum*",    /* Quest Quanum */
    "pyxis*",     /* BD Pyxis: dispensing */
    "omnicell*",  /* Omnicell: dispensing */
    "pioneerrx*", /* pharmacy */
    "qs1*",       /* pharmacy */
    "muse*",      /* GE MUSE: electrocardiograms */
    "capsule*",   /* Capsule: device integration */
    "obix*",      /* perinatal monitoring */

    /* billing, coding, claims */
    "medisoft*",   /* Medisoft */
    "lytec*",      /* Lytec */
    "imagine*",    /* ImagineMedMC */
    "availity*",   /* clearing house */
    "waystar*",    /* clearing house */
    "3mencoder*",  /* Solventum (3M) coding */
    "encoderpro*", /* Optum EncoderPro */
    "optum*",      /* Optum clients */
    "trucode*",    /* TruCode encoder */
    "ssiclaims*",  /* SSI claims */
    "onesource*",  /* eligibility */
    "hpf*",        /* Horizon Patient Folder */
    "onbase*",     /* Hyland OnBase: scanned records */
    "chartmaxx*",  /* Quest ChartMaxx: scanned records */

    /* messages between clinicians */
    "tigerconnect*", /* TigerConnect */
    "vocera*",       /* Vocera */
    "perfectserve*", /* PerfectServe */
    "imprivata*",    /* Cortext, sign-on overlays */
    "mirth*",        /* Mirth Connect: HL7 messages */
    "rhapsody*",     /* Rhapsody: HL7 messages */

    /* remote desktops and published applications: the title is another computer's */
    "mstsc*",             /* Microsoft Remote Desktop */
    "msrdc*",             /* Microsoft Remote Desktop, Azure Virtual Desktop */
    "rdpclip*",           /* its clipboard window */
    "wfica*",             /* Citrix Workspace: session */
    "wfcrun*",            /* Citrix Workspace: connection */
    "selfservice*",       /* Citrix Workspace: portal */
    "citrix*",            /* Citrix Workspace */
    "icaclient*",         /* Citrix, Linux */
    "cdviewer*",          /* Citrix Desktop Viewer */
    "vmview*",            /* Omnissa (VMware) Horizon */
    "vmware-view*",       /* Omnissa Horizon, Linux */
    "vmware-remotemks*",  /* Omnissa Horizon: session */
    "horizon-client*",    /* Omnissa Horizon */
    "xfreerdp*",          /* FreeRDP */
    "wlfreerdp*",         /* FreeRDP, Wayland */
    "sdl-freerdp*",       /* FreeRDP, SDL */
    "freerdp*",           /* FreeRDP */
    "remmina*",           /* Remmina */
    "org.remmina*",       /* Remmina, by its application id */
    "rdesktop*",          /* rdesktop */
    "krdc*",              /* KDE Remote Desktop */
    "vinagre*",           /* GNOME remote desktop viewer */
    "gnome-connections*", /* GNOME Connections */
    "vncviewer*",         /* VNC */
    "tigervnc*",          /* TigerVNC */
    "realvnc*",           /* RealVNC */
    "tvnviewer*",         /* TightVNC */
    "virt-viewer*",       /* virt-viewer */
    "remote-viewer*",     /* virt-viewer */
    "teamviewer*",        /* TeamViewer */
    "anydesk*",           /* AnyDesk */
    "rustdesk*",          /* RustDesk */
    "screenconnect*",     /* ConnectWise */
    "nxplayer*",          /* NoMachine */
    "x2goclient*",        /* X2Go */
    "parsec*",            /* Parsec */
    "pcoip*",             /* HP Anyware, Teradici */
    "workspaces*",        /* Amazon WorkSpaces */
    "imprivata-vdi*",     /* virtual desktop access */
};

const char *policy_capture_word(enum policy_capture capture)
{
    switch (capture) {
    case POLICY_DROP:
        return "drop";
    case POLICY_APPLICATION:
        return "application";
    case POLICY_DOMAIN:
        return "domain";
    case POLICY_TITLE:
        return "title";
    case POLICY_CAPTURES:
    default:
        return "unknown";
    }
}

struct policy policy_default(void)
{
    return (struct policy){
        .capture = POLICY_DOMAIN,
        .passive_after_ms = 120000,
        .idle_after_ms = 600000,
        .hipaa = true,
        .pause_allowed = true,
    };
}

static bool pattern_matches(struct text pattern, struct text name)
{
    if (pattern.len > 0 && pattern.at[pattern.len - 1] == '*') {
        pattern.len--;
        return name.len >= pattern.len &&
               text_equal(pattern, (struct text){.at = name.at, .len = pattern.len});
    }
    return text_equal(pattern, name);
}

static bool rule_matches(const struct policy_rule *rule, struct text application,
                         struct text domain)
{
    if (rule->application.len > 0 && !pattern_matches(rule->application, application))
        return false;
    return rule->domain.len == 0 || text_equal(rule->domain, domain);
}

enum policy_capture policy_decide(const struct policy *policy, struct text application,
                                  struct text domain)
{
    enum policy_capture capture = POLICY_CAPTURES;

    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct policy_rule *rule = &policy->rules[i];

        if (rule->capture < capture && rule_matches(rule, application, domain))
            capture = rule->capture;
    }
    if (capture == POLICY_CAPTURES)
        capture = policy->capture;
    if (capture > POLICY_DOMAIN && policy->hipaa && policy_hipaa_names(application))
        capture = POLICY_DOMAIN;
    return capture;
}

bool policy_hipaa_names(struct text application)
{
    static const struct text exe = {.at = ".exe", .len = 4};

    if (application.len > exe.len &&
        text_equal(exe, (struct text){application.at + application.len - exe.len, exe.len}))
        application.len -= exe.len;
    for (size_t i = 0; i < sizeof(hipaa_names) / sizeof(hipaa_names[0]); i++) {
        if (pattern_matches(text_of(hipaa_names[i]), application))
            return true;
    }
    return false;
}

static char lower(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c;
}

/* Without regard to case: Windows has none in account names, and a station taken for a person would
 * be the worse mistake. */
static bool names_equal(struct text a, struct text b)
{
    bool equal = a.len == b.len;

    for (size_t i = 0; equal && i < a.len; i++)
        equal = lower(a.at[i]) == lower(b.at[i]);
    return equal;
}

bool policy_is_station(const struct policy *policy, struct text account_name)
{
    for (size_t i = 0; i < policy->station_count; i++) {
        if (names_equal(policy->stations[i], account_name))
            return true;
    }
    return false;
}
