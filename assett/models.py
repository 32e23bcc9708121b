"""Every table, for those who need them all at once (migrations)."""

from assett.accounts import models as accounts
from assett.assessments import models as assessments
from assett.core import audit, jobs, mail, throttle
from assett.network import models as network
from assett.organizations import models as organizations
from assett.questionnaires import models as questionnaires
from assett.resources import models as resources
from assett.spaces import models as spaces
from assett.studio import models as studio
from assett.teams import models as teams

__all__ = [
    "accounts",
    "assessments",
    "audit",
    "jobs",
    "mail",
    "network",
    "organizations",
    "questionnaires",
    "resources",
    "spaces",
    "studio",
    "teams",
    "throttle",
]
