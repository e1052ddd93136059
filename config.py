"""Every setting with its default; each can be given as the environment variable FORUM_<NAME>.

The type of the default is the type of the setting: text, whole number, or true/false.
Values from the environment are read and checked by forum/settings.py.
"""

# -- Where it runs -----------------------------------------------------------------------------
ENV = "development"  # or "production": refuses weak keys, demo accounts, cookies over HTTP
INSTANCE_PATH = "instance"  # folder for the embedded database and the secret key made for it
DATABASE_URL = ""  # empty: SQLite in INSTANCE_PATH; else postgresql+psycopg://user:pass@host/name
SECRET_KEY = ""  # at least 32 characters; empty outside production: made once, kept there
SECRET_KEY_FALLBACKS = ""  # earlier keys, separated by spaces, still accepted while rotating
TRUSTED_HOSTS = "localhost 127.0.0.1 [::1]"  # host names this site answers to, separated by spaces
BASE_URL = "http://127.0.0.1:8000"  # links in mail and feeds; never from a request
PROXY_HOPS = 0  # proxies in front whose X-Forwarded-* headers are believed
SECURE_COOKIES = False  # true: __Host- cookies and HSTS, for HTTPS only; production turns it on
DEBUG = False  # tracebacks in the browser; refused in production and on any non-loopback address

# -- Words -------------------------------------------------------------------------------------
SITE_NAME = "Common Thread"  # in the header and in page titles
LEAVE_URL = "https://www.bbc.com/weather"  # where "Leave this site" goes: a plain, everyday page

# -- Accounts ----------------------------------------------------------------------------------
REGISTRATION = "open"  # "open", "invite" (a site invitation or a space's join code) or "closed"
EMAIL_REQUIRED = False  # false: without an address a person gets ten recovery codes instead
SESSION_IDLE_DAYS = 14  # a session unused for so long ends
SESSION_ABSOLUTE_DAYS = 90  # every session ends after so long
PASSWORD_HASHES_AT_ONCE = 2  # concurrent argon2id hashes per process; each takes 46 MiB
RESET_MINUTES = 60  # life of a reset link

# -- Writing -----------------------------------------------------------------------------------
POSTS_PER_10_MINUTES = 20  # per member
POSTS_PER_10_MINUTES_NEW = 5  # per member whose account is younger than three days
REPORTS_PER_DAY = 20  # per member; those who moderate have no such limit
SEARCHES_PER_MINUTE = 120  # per member, and per network of visitors, in each process
GRACE_MINUTES = 10  # edits this soon after posting leave no mark

# -- The directory of services -----------------------------------------------------------------
SERVICE_STALE_DAYS = 182  # after so long without a check an entry "may be out of date"
# -- Badges ------------------------------------------------------------------------------------
BADGE_DAYS = 365  # a badge holds for so long after it is granted; a reminder comes 30 days before

# -- Moderation --------------------------------------------------------------------------------
APPEAL_DAYS = 30  # after a decision, for an appeal
SEAL_ORIGINALS = False  # true: what is edited out is kept for SEAL_DAYS, and two moderators open it
SEAL_DAYS = 30
EXPOSURE_PROMPT_AFTER = 20  # covered texts that one person opens in a day before they are asked

# -- Mail --------------------------------------------------------------------------------------
SMTP_HOST = ""  # empty: no mail is sent, and pages do not offer what needs it
SMTP_PORT = 587
SMTP_USER = ""
SMTP_PASSWORD = ""
SMTP_STARTTLS = True
MAIL_FROM = "Common Thread <noreply@localhost>"

# -- Limits of the machine ---------------------------------------------------------------------
PAGE_CACHE_MB = 32  # finished visitor pages kept in memory, per process; 0 turns it off
MAX_UPLOAD_MB = 50  # an import file
POOL_SIZE = 5  # database connections per process on PostgreSQL
