"""From a report to people: plan what goes to which channel, and deliver it.

    ready = prepare(report, event, checkout)
    chosen = plan(report, event, parse_wanted("auto"), recall(state_dir, event))
    published = deliver(chosen, ready, lambda: connect(event, token), workflow, state_dir=…)

Importing this imports neither PyGithub nor requests; `trivigil.github.client.connect` does.
"""

from trivigil.publish.delivery import deliver
from trivigil.publish.memory import recall
from trivigil.publish.payloads import payloads
from trivigil.publish.plan import Plan, Wanted, parse_wanted, plan
from trivigil.publish.publication import Publication, prepare
from trivigil.publish.published import Published

__all__ = [
    "Plan",
    "Publication",
    "Published",
    "Wanted",
    "deliver",
    "parse_wanted",
    "payloads",
    "plan",
    "prepare",
    "recall",
]
