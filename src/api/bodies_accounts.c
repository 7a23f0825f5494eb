/* Body specs of the account routes: what users, organizations, tokens and settings take. */
#include "api/bodies.h"

#define END {NULL, JIN_TEXT, 0, 0, 0, NULL, NULL}

const struct jin_spec B_REFRESH = {"TokenRefreshRequest", (const struct jin_field[]){
    {"refresh", JIN_TEXT, JIN_REQUIRED, 1, 8192, NULL, "The personal access token"},
    END,
}};

const struct jin_spec B_JWT_SETTINGS = {"JWTSettingsRequest", (const struct jin_field[]){
    {"api_tokens_enabled", JIN_BOOL, 0, 0, 0, NULL, "Accept access tokens"},
    {"legacy_api_tokens_enabled", JIN_BOOL, 0, 0, 0, NULL, "Accept legacy tokens"},
    {"api_token_ttl_days", JIN_INT, 0, 1, 73000, NULL, "Life of new personal access tokens, in days"},
    END,
}};

const struct jin_spec B_SESSION_POLICY = {"SessionTimeoutPolicyRequest", (const struct jin_field[]){
    {"max_session_age", JIN_INT, 0, 1, 5256000, NULL, "Minutes from log-in to the end of a session"},
    {"max_time_between_activity", JIN_INT, 0, 1, 5256000, NULL, "Minutes without a request that end a session"},
    END,
}};

const struct jin_spec B_USER = {"UserRequest", (const struct jin_field[]){
    {"id", JIN_INT, JIN_READONLY, 0, 0, NULL, NULL},
    {"username", JIN_TEXT, JIN_REQUIRED, 0, 256, NULL, "Name to log in with or to show"},
    {"email", JIN_EMAIL, JIN_BLANK, 0, 254, NULL, "E-mail address; cannot be changed later"},
    {"first_name", JIN_TEXT, JIN_BLANK, 0, 256, NULL, NULL},
    {"last_name", JIN_TEXT, JIN_BLANK, 0, 256, NULL, NULL},
    {"phone", JIN_TEXT, JIN_BLANK, 0, 256, NULL, NULL},
    {"allow_newsletters", JIN_BOOL, JIN_NULL, 0, 0, NULL, NULL},
    {"active_organization", JIN_INT, JIN_NULL, 0, 0, NULL, "Oneself only: the organization to work in"},
    END,
}};

const struct jin_spec B_SIGN_UP = {"SignUpForm", (const struct jin_field[]){
    {"email", JIN_EMAIL, JIN_REQUIRED, 0, 254, NULL, NULL},
    {"password", JIN_TEXT, JIN_REQUIRED | JIN_RAW, 0, 0, NULL, NULL},
    {"first_name", JIN_TEXT, JIN_BLANK, 0, 256, NULL, NULL},
    {"last_name", JIN_TEXT, JIN_BLANK, 0, 256, NULL, NULL},
    END,
}};

const struct jin_spec B_PROFILE = {"ProfileForm", (const struct jin_field[]){
    {"first_name", JIN_TEXT, JIN_BLANK, 0, 256, NULL, NULL},
    {"last_name", JIN_TEXT, JIN_BLANK, 0, 256, NULL, NULL},
    {"timezone", JIN_TEXT, JIN_BLANK, 0, 64, NULL, NULL},
    END,
}};

const struct jin_spec B_RULES = {"OrganizationForm", (const struct jin_field[]){
    {"title", JIN_TEXT, JIN_REQUIRED, 0, 1000, NULL, NULL},
    {"default_role", JIN_ENUM, JIN_REQUIRED, 0, 0, "AD|AN|MA|NO|RE|VO", NULL},
    END,
}};

const struct jin_spec B_ORGANIZATION = {"OrganizationRequest", (const struct jin_field[]){
    {"title", JIN_TEXT, JIN_REQUIRED, 0, 1000, NULL, "Name of the organization"},
    {"contact_info", JIN_EMAIL, JIN_NULL | JIN_BLANK, 0, 254, NULL, "E-mail address for questions"},
    {"custom_scripts_enabled", JIN_BOOL, 0, 0, 0, NULL, "Projects may carry scripts"},
    {"email_notification_settings", JIN_OBJECT, JIN_NULL, 0, 0, NULL, "Which kinds of mail members may be sent"},
    END,
}};

const struct jin_spec B_MEMBERSHIP = {"OrganizationMembershipRequest", (const struct jin_field[]){
    {"user_id", JIN_INT, 0, 0, 0, NULL, "The member"},
    {"role", JIN_ENUM, 0, 0, 0, "AD|AN|DI|MA|NO|RE|VO", "The new role"},
    END,
}};

const struct jin_spec B_DEFAULT_ROLE = {"OrganizationDefaultRoleRequest", (const struct jin_field[]){
    {"default_role", JIN_ENUM, 0, 0, 0, "AD|AN|MA|NO|RE|VO", "Role of people who sign up"},
    {"custom_scripts_enabled", JIN_BOOL, 0, 0, 0, NULL, "Projects may carry scripts"},
    {"email_notification_settings", JIN_OBJECT, JIN_NULL, 0, 0, NULL, "Which kinds of mail members may be sent"},
    {"external_id", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 256, NULL, "Name of the organization in another system"},
    END,
}};
