"""Notices to people: carried to Slack, a webhook, PagerDuty, Alertmanager, and by Apprise to what else there is.

    chosen(options, environ)        which receivers are named, their addresses checked     -> Recipient
    notices_of(report)              what a result file has to tell, without a memory       -> Notice
    deliver(notices, recipients)    everything sent, within a time, nothing raised         -> Sent
    payloads(notices, recipients)   what would be sent, without a secret in it

A receiver is a module in `receivers/` with a line in its table. The core of it is pure: notices to messages. What was decided, and
why, stands in docs/alerts.md.
"""

from trivigil.alert.delivery import Sent as Sent
from trivigil.alert.delivery import deliver as deliver
from trivigil.alert.delivery import deliver_each as deliver_each
from trivigil.alert.delivery import payloads as payloads
from trivigil.alert.notices import notices_of as notices_of
from trivigil.alert.post import Limits as Limits
from trivigil.alert.receiver import Moment as Moment
from trivigil.alert.receiver import Recipient as Recipient
from trivigil.alert.receivers import TABLE as TABLE
from trivigil.alert.receivers import chosen as chosen
from trivigil.alert.receivers import recipient as recipient
