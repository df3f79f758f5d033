"""The pages of the findings, from the rules themselves."""

import re

from wirescope.analysis import RULES, Rule, Stability

FAMILIES = {
    "DTLS1": "Encryption of a path",
    "ICE1": "STUN, TURN and the addresses of this end",
    "ICE2": "The search for a path",
    "ICE3": "The path that data takes",
    "NET1": "The way to the server",
    "RTP1": "Sound and picture",
    "SCTP1": "Data channels",
    "SIG1": "Signaling and descriptions",
    "TLS1": "TLS and certificates",
    "WS1": "The opening handshake",
    "WS2": "The end of a connection",
    "WS3": "Breaches of the protocol",
    "WS4": "Heartbeats",
    "WS5": "Efficiency",
    "WS6": "Latency and flow",
    "WS7": "Security",
    "WS8": "What the doctor finds",
}
"""What the codes that begin so are about."""


def findings_index() -> str:
    """Write the list of the findings, by family."""
    parts = [
        "# Findings",
        "What the analysis can find. Each finding has a code that stays, the evidence as numbers of"
        " events, the cause and the fix; `wirescope explain CODE` shows its page. An error ended a"
        " connection or will, a warning may, and information says only what was seen. A code and"
        " its meaning stay, but for those marked as preview. Written by `just docs` from the rules"
        " themselves; do not edit.",
    ]
    families: dict[str, list[Rule]] = {}
    for rule in RULES:
        families.setdefault(rule.code[:-2], []).append(rule)
    for family, rules in families.items():
        rows = [
            f"| [{rule.code}](../findings/{rule.code}.md) | {rule.severity} | {titled(rule)} |"
            for rule in rules
        ]
        head = ["| Code | Severity | Title |", "|---|---|---|"]
        heading = f"## {FAMILIES.get(family, family + 'xx')}"
        parts.append("\n".join([heading, "", *head, *rows]))
    return "\n\n".join(parts) + "\n"


def titled(rule: Rule) -> str:
    """Write a rule's title, and whether it may still change."""
    return f"{rule.title} (preview)" if rule.stability is Stability.PREVIEW else rule.title


def finding_page(rule: Rule) -> str:
    """Write the page of a finding from its rule; the codes of other findings become links."""
    summary, _, rest = rule.page.partition("\n\n")
    facts = f"Severity: {rule.severity}. Stability: {rule.stability.value}."
    note = (
        "Written by `just docs` from the rule itself; do not edit."
        " [All findings](../reference/findings.md)."
    )
    text = f"{summary}\n\n{facts}\n\n{linked(rest, but=rule.code)}\n\n{note}\n"
    return f"# {rule.code}: {rule.title}\n\n{text}"


def linked(text: str, *, but: str) -> str:
    """Link the codes of findings to their pages, all but one."""
    codes = "|".join(rule.code for rule in RULES if rule.code != but)
    return re.sub(rf"\b({codes})\b", r"[\1](\1.md)", text)
