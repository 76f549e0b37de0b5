"""300 strings that try to become code: every way of breaking out joined with every way of running.

Whatever runs sets `top.__ran`; whatever only breaks out leaves an element with `data-broke-out`.
"""

from __future__ import annotations

import itertools

_OUT = (
    "", "\">", "'>", "</textarea>", "</title>", "</script>", "</style>", "--><", "]]>", "</select>",
    "</option>", "\"/>", "`>", "</svg>", "&quot;>", "%22%3E", "\\\">", "{{", "${", "</summary>",
)  # fmt: skip
_RUN = (
    "<script data-broke-out>top.__ran=1</script>",
    "<img data-broke-out src=x onerror=top.__ran=1>",
    "<svg data-broke-out onload=top.__ran=1>",
    "<details data-broke-out open ontoggle=top.__ran=1>",
    "<a data-broke-out href=javascript:top.__ran=1>x</a>",
    "<iframe data-broke-out srcdoc='<script>top.__ran=1</script>'></iframe>",
    "<input data-broke-out autofocus onfocus=top.__ran=1>",
    "<form data-broke-out action=javascript:top.__ran=1><button>x</button></form>",
    "<object data-broke-out data='javascript:top.__ran=1'></object>",
    '" onmouseover=top.__ran=1 data-broke-out x="',
    "' onfocus=top.__ran=1 autofocus data-broke-out x='",
    "javascript:top.__ran=1",
    "{{ 7*7 }}{% set x = 1 %}{{ top.__ran }}",
    "<style data-broke-out>*{display:none!important}</style>",
    "<base data-broke-out href='https://evil.example/'>",
)

WORDS = tuple(f"{out}{run}" for out, run in itertools.product(_OUT, _RUN))
