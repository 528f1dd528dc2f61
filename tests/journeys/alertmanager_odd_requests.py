"""Requests that no client should send, and that some do: how far API v2 is lenient, and where it is strict.

Each part is a list of steps (method, path, body, headers). Every alert and silence has labels that name the request it came with, so that the lists of
both sides can be compared afterwards.
"""
import itertools
import json
import random
from urllib.parse import quote

from tests.journeys.alertmanager_sides import JSON, NOBODY, alert, get, post, silence

LATE, EARLY = "2090-01-01T00:00:00Z", "2026-01-01T00:00:00Z"

TIMES = [
    # RFC 3339 and its neighbours
    "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.6Z", "2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678901Z", "2026-01-02T03:04:05.678901234Z",
    "2026-01-02T03:04:05.6789012345Z", "2026-01-02T03:04:05.99999999999999999999Z", "2026-01-02T03:04:05.000000000000000000000000000001Z",
    "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05,678Z", "2026-01-02t03:04:05z", "2026-01-02t03:04:05Z", "2026-01-02T03:04:05z", "2026-01-02 03:04:05Z",
    "2026-01-02_03:04:05Z", "2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05-00:00", "2026-01-02T03:04:05+05:30", "2026-01-02T03:04:05-23:59",
    "2026-01-02T03:04:05+24:00", "2026-01-02T03:04:05+14:60", "2026-01-02T03:04:05+25:00", "2026-01-02T03:04:05-98:99", "2026-01-02T03:04:05+0530",
    "2026-01-02T03:04:05+05", "2026-01-02T03:04:05+5:30", "2026-01-02T03:04:05 +05:30", "2026-01-02T03:04:05 UTC", "2026-01-02T03:04:05UTC",
    "2026-01-02T03:04:05Z+01:00", "2026-01-02T03:04:05ZZ", "2026-01-02T03:04:05\u221201:00",
    # without a zone, and in pieces
    "2026-01-02T03:04:05", "2026-01-02T03:04:05.6", "2026-01-02T03:04:05.678", "2026-01-02T03:04:05.678901", "2026-01-02T03:04:05.678901234",
    "2026-01-02T03:04:05.6789012345", "2026-01-02T03:04:05,678", "2026-01-02T03:04:05.678+0530", "2026-01-02T03:04:05.678901+0530",
    "2026-01-02T03:04:05.678901234+0530", "2026-01-02T03:04:05.67+0530", "2026-01-02T03:04:05.678+05", "2026-01-02T03:04:05.678-2400", "2026-01-02T03:04",
    "2026-01-02T03:04Z", "2026-01-02T03:04+01:00", "2026-01-02T03", "2026-01-02T03Z", "2026-01-02T", "2026-01-02", "2026-01", "2026", "20260102",
    "20260102T030405Z", "20260102T030405", "2026-W01-5", "2026-002", "2026-01-02 03:04:05", "2026-01-02 03:04:05.678", "2026-01-02 03:04:05,678",
    "2026-01-02 03:04", "2026-01-02  03:04:05", "2026-01-02   3:04:05", "2026-01-02T3:04", "2026-01-02T3:04Z", "2026-01-02T3:04:05.5",
    "2026-01-02 03:04:05 +0000 UTC", "2026-01-02 03:04:05.678+00:00", "2026-01-02 03:04:05.678+0000",
    # digits that are missing, too many, or out of range
    "2026-1-2T03:04:05Z", "2026-01-2T03:04:05Z", "2026-01-02T3:04:05Z", "2026-01-02T03:4:05Z", "2026-01-02T03:04:5Z", "2026-01-002T03:04:05Z",
    "026-01-02T03:04:05Z", "26-01-02T03:04:05Z", "02026-01-02T03:04:05Z", "12026-01-02T03:04:05Z", "+2026-01-02T03:04:05Z", "-2026-01-02T03:04:05Z",
    "2026-00-02T03:04:05Z", "2026-13-02T03:04:05Z", "2026-01-00T03:04:05Z", "2026-01-32T03:04:05Z", "2026-02-29T03:04:05Z", "2024-02-29T03:04:05Z",
    "2100-02-29T03:04:05Z", "2000-02-29T03:04:05Z", "2026-04-31T03:04:05Z", "2026-01-02T24:00:00Z", "2026-01-02T25:04:05Z", "2026-01-02T03:60:05Z",
    "2026-01-02T03:04:60Z", "2026-12-31T23:59:60Z", "2026-01-02T03:04:61Z", "2026-01-02T23:59:59.9999999Z", "2026-01-02T03:04:60", "2026-01-02T24:00",
    # years far away
    "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.001Z", "0001-01-01T00:00:01Z",
    "0001-01-01T00:00:00+01:00", "0001-01-01T00:00:00-01:00", "0001-01-01T01:00:00+01:00", "0001-01-01T00:00:00", "0001-01-01 00:00:00", "0001-01-01T00:00",
    "0001-01-02T00:00:00Z", "0100-01-01T00:00:00Z", "1500-02-29T00:00:00Z", "1600-02-29T00:00:00Z", "1677-09-21T00:12:43Z", "1900-01-01T00:00:00Z",
    "1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.9999Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.001Z", "2038-01-19T03:14:08Z",
    "2089-12-31T23:59:59.999999999Z", "2262-04-11T23:47:17Z", "2500-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999999999Z",
    "9999-12-31T23:59:59-01:00", "9999-12-31T23:59:59+01:00", "9999-12-31T23:59:59", "10000-01-01T00:00:00Z", "0000-12-31T23:59:59-01:00",
    "0000-01-01T00:00:00+23:59",
    # no times
    "", " ", "Z", "T", "now", "null", "0", "1767323045", "1767323045000", "1767323045.678", "1.767e9", "1e3", "2026-01-02T03:04:05Z ",
    " 2026-01-02T03:04:05Z", "\t2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z\n", "2026-01-02T03:04:05Z\u0000", "Fri, 02 Jan 2026 03:04:05 GMT",
    "Fri Jan  2 03:04:05 2026", "02 Jan 26 03:04 UTC", "2026/01/02 03:04:05", "2026.01.02T03:04:05Z", "01/02/2026", "3:04AM", "\u0662026-01-02T03:04:05Z",
    "2026-01-02T03:04:05\u00a0Z", "2026-01-02\u00a003:04:05",
]
LAST_YEAR = [t for t in TIMES if t.startswith("9999-")]
NUL = r'"\u0000"'
# What stands where a text should: JSON as it is sent.
ODD_VALUES = [
    "null", "true", "false", "0", "-0", "5", "1.5", "1e400", "-1e-400", "123456789012345678901234567890", "[]", '["x"]', "{}", '{"x":"y"}', "nul", "NaN",
    "'x'", "01", "+1", ".5", "1.", "0x1", '"\\u0000"', '"\\ud800"', '"\\udc00\\ud800"', '"\\ud83d\\ude00"', '"\\x"', '"\\/"', '"\\u00zz"', '"a\nb"',
    '"a\tb"', '"\x7f"', '"x" "y"', '"\u2028"', '"<&>"', '"\\u003c"', '"\ufeff"', '"\ufffe"', '"\U0010ffff"',
]


def base_alert(name, **more):
    return alert({"alertname": name}, endsAt=LATE, startsAt=EARLY, **more)


def base_silence(name, **more):
    return silence(("alertname", name, False), **more)


def with_raw(base, field, raw):
    """JSON of `base` where `raw` stands as the value of a field, or of `labels.a`."""
    outer, _, inner = field.partition(".")
    marked = dict(base)
    marked[outer] = {**(base.get(outer) or {}), inner: "@"} if inner else "@"
    return json.dumps(marked, ensure_ascii=False).replace('"@"', raw)


def times():
    for text in TIMES:
        yield from post("/alerts", *[[alert({"alertname": f"{name} {text}"}, **times)] for name, times in (
            ("starts", {"startsAt": text, "endsAt": LATE}), ("ends", {"endsAt": text}), ("at", {"startsAt": text, "endsAt": text}))])
        yield from post("/silences", base_silence(f"silence starts {text}", startsAt=text))
        if text not in LAST_YEAR:
            yield from post("/silences", base_silence(f"silence ends {text}", endsAt=text))


def values():
    """Of another type, or odd texts, in each field."""
    for i, raw in enumerate(ODD_VALUES):
        for field in ("labels", "labels.a", "annotations", "annotations.a", "startsAt", "endsAt", "generatorURL", "unknown"):
            yield from post("/alerts", "[" + with_raw(base_alert(f"Value{i} {field}"), field, raw) + "]")
        words = ("createdBy", "comment") if raw != NUL else ()
        for field in ("matchers", "startsAt", "endsAt", "id", "unknown", *words):
            yield from post("/silences", with_raw(base_silence(f"Value{i} {field}"), field, raw))
        for field in ("name", "value", "isRegex", "isEqual", "unknown"):
            matcher = with_raw({"name": "alertname", "value": f"Value{i}", "isRegex": False}, field, raw)
            yield from post("/silences", with_raw(base_silence(""), "matchers", "[" + matcher + "]"))
    for raw in ODD_VALUES[1:]:  # not null
        yield from post("/alerts", raw, "[" + raw + "]", json.dumps([base_alert("Beside")])[:-1] + "," + raw + "]")
        yield from post("/silences", raw, with_raw(base_silence(""), "matchers", "[" + raw + "]"))


def raw(name, inside):
    return f'{{"labels":{{"alertname":"{name}"}},"startsAt":"{EARLY}","endsAt":"{LATE}"{inside}}}'


SHAPES = post(
    "/alerts",
    # fields that are there twice, in another case, unknown
    "[" + raw("Twice", ',"labels":{"b":"c"}') + "]", "[" + raw("TwiceNull", ',"labels":null') + "]", "[" + raw("TwiceEmpty", ',"labels":{}') + "]",
    "[" + raw("TwiceBad", ',"labels":5') + "]", '[{"labels":{"alertname":"X","alertname":"TwiceLabel"},"endsAt":"%s"}]' % LATE,
    '[{"labels":{"alertname":"TwiceLabel","b":"c","b":null},"endsAt":"%s"}]' % LATE,
    '[{"labels":{"alertname":"TwiceGone","b":"c","b":""},"endsAt":"%s"}]' % LATE, "[" + raw("TwiceTime", ',"startsAt":"2026-01-03T00:00:00Z"') + "]",
    "[" + raw("TwiceTimeNull", ',"startsAt":null') + "]", "[" + raw("TwiceTimeEmpty", ',"startsAt":""') + "]",
    "[" + raw("TwiceBadTime", ',"startsAt":"x"') + "]", "[" + raw("TwiceUrl", ',"generatorURL":"http://a","generatorURL":"http://b"') + "]",
    "[" + raw("TwiceUrlNull", ',"generatorURL":"http://a","generatorURL":null') + "]",
    "[" + raw("TwiceUrlEmpty", ',"generatorURL":"http://a","generatorURL":""') + "]",
    "[" + raw("TwiceAnnotations", ',"annotations":{"a":"1","b":"2"},"annotations":{"b":"3","c":"4"}') + "]",
    "[" + raw("TwiceAnnotationsNull", ',"annotations":{"a":"1"},"annotations":null') + "]",
    "[" + raw("Case", ',"LABELS":{"b":"c"},"StartsAt":"2026-01-03T00:00:00Z","generatorurl":"http://c","ANNOTATIONS":{"x":"y"}') + "]",
    "[" + raw("Kelvin", ',"label\u017f":{"b":"c"},"\u017ftart\u017fAt":"2026-01-03T00:00:00Z"') + "]",
    "[" + raw("Escaped", ',"\\u006cabels":{"b":"c"},"starts\\u0041t":"2026-01-03T00:00:00Z"') + "]",
    "[" + raw("Unknown", ',"status":"firing","fingerprint":5,"receivers":[],"updatedAt":"x","labels2":{},"":1') + "]",
    "[" + raw("Spaces", ',"labels ":{"b":"c"}," labels":{"d":"e"}') + "]",
    # arrays and what is around them
    "[]", " [ ] ", "[[]]", "[{}]", "[,]", "[" + raw("Comma", "") + ",]", "[" + raw("Comma2", ",") + "]", raw("NoArray", ""),
    '{"alerts":[' + raw("Wrapped", "") + "]}", "[" + raw("Cut", ""), "[" + raw("Cut2", "")[:-1], "[" + raw("Cut3", "")[:20], "[" + raw("Trail", "") + "] x",
    "[" + raw("Trail2", "") + "]]", "[" + raw("Trail3", "") + "][" + raw("Trail4", "") + "]", "[" + raw("Trail5", "") + "]\x00",
    "\ufeff[" + raw("Bom", "") + "]", "\x00[" + raw("Nul", "") + "]", "\t\r\n[" + raw("White", "") + "]\n", "\x0b[" + raw("Vtab", "") + "]",
    "\u00a0[" + raw("Nbsp", "") + "]", "// c\n[" + raw("Comment", "") + "]", "[/**/" + raw("Comment2", "") + "]", " ", "\n", "\x00", "null", " null ",
    "nullx", "null x", "true", "0", '""', '"a', "[]]", "[][", "[" * 200 + "]" * 200,
    '[{"x":' + "[" * 5000 + "]" * 5000 + ',"labels":{"alertname":"Deep"}}]', '[{"x":' + "[" * 11000 + "]" * 11000 + ',"labels":{"alertname":"Deep2"}}]',
    # labels
    [alert({}, endsAt=LATE)], [alert({"": ""}, endsAt=LATE)], [alert({"": "x", "alertname": "NoName"}, endsAt=LATE)],
    [alert({"alertname": "Empty", "e": "", "f": "x"}, endsAt=LATE)], [alert({"alertname": ""}, endsAt=LATE)],
    [alert({"alertname": " ", "b": "\n"}, endsAt=LATE)], [alert({"alertname": "Bad", "a.b": ""}, endsAt=LATE)],
    [alert({"alertname": "Bad", "a.b": "c"}, endsAt=LATE)], [alert({"alertname": "Bad", "1a": "c"}, endsAt=LATE)],
    [alert({"alertname": "Bad", "a:b": "c"}, endsAt=LATE)], [alert({"alertname": "Bad", "\u00e9": "c"}, endsAt=LATE)],
    [alert({"alertname": "Bad", "a b": "c"}, endsAt=LATE)], [alert({"alertname": "Bad", "a\n": "c"}, endsAt=LATE)],
    [alert({"alertname": "Under", "_": "c", "__name__": "d", "_1": "e"}, endsAt=LATE)],
    [alert({"alertname": "BadNotes"}, endsAt=LATE, annotations={"a.b": "c"})], [alert({"alertname": "BadNotes"}, endsAt=LATE, annotations={"a.b": ""})],
    [alert({"alertname": "BadNotes"}, endsAt=LATE, annotations={"": "x"})],
    [alert({"alertname": "GoodNotes"}, endsAt=LATE, annotations={"a": "", "b": " "})],
    [alert({"alertname": "Long", "l": "x" * 10000, "n" * 1000: "y"}, endsAt=LATE)],
    [alert({"alertname": "Many", **{f"l{i}": "x" for i in range(100)}}, endsAt=LATE)],
    [alert({"alertname": "Controls", "c": "".join(chr(i) for i in range(1, 32)) + "\x7f\u0085\u2028\u2029\ufeff\ufffd"}, endsAt=LATE)],
    [alert({"alertname": "Quotes", "c": "\"\\'`{}<>&"}, endsAt=LATE)],
    # which refusal comes first
    [alert({"alertname": "Order", "a.b": "c"}, startsAt=LATE, endsAt=EARLY, annotations={"c.d": "e"})], [alert({}, startsAt=LATE, endsAt=EARLY)],
    [alert({}, annotations={"c.d": "e"})], [alert({"a.b": "c"}, annotations={"c.d": "e"})], [{}, alert({"a": "b"}, generatorURL="::")],
    [alert({"a": "b"}, generatorURL="::"), {}], [{"generatorURL": "::"}], [alert({"a": "b"}, generatorURL="::"), 5], [alert({"a": "b"}, startsAt="x"), {}],
    [{}, {}, {}], [alert(None), alert({"a": "b"}, generatorURL=":")],
    # starts and ends
    [alert({"alertname": "Equal"}, startsAt=LATE, endsAt=LATE)], [alert({"alertname": "EqualPast"}, startsAt=EARLY, endsAt=EARLY)],
    [alert({"alertname": "Future"}, startsAt=LATE)], [alert({"alertname": "FutureEnd"}, startsAt="2089-01-01T00:00:00Z", endsAt=LATE)],
    [alert({"alertname": "ZeroEnd"}, startsAt=EARLY, endsAt="0001-01-01T00:00:00Z")],
    [alert({"alertname": "ZeroBoth"}, startsAt="0001-01-01T00:00:00Z", endsAt="0001-01-01T00:00:00Z")],
    # many in one
    [alert({"alertname": "Mixed1"}, endsAt=LATE), alert({}, endsAt=LATE), alert({"alertname": "Mixed2"}, endsAt=LATE), alert({"x.y": "z"}),
     alert({"alertname": "Mixed3"}, startsAt=LATE, endsAt=EARLY)],
    [alert({"alertname": "Same"}, endsAt=LATE, annotations={"n": "1"}), alert({"alertname": "Same"}, endsAt=LATE, annotations={"n": "2"})],
    [alert({"alertname": "Same2"}, startsAt="2026-01-03T00:00:00Z", endsAt=LATE), alert({"alertname": "Same2"}, startsAt=EARLY, endsAt="2089-01-01T00:00:00Z")],
)

# Bytes that are no UTF-8, and some that are.
BROKEN = (b"\xff", b"\xc3", b"\xc3\x28", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\xc0\x80", b"\xf0\x9f\x98\x80", b"\x80\x80", b"\x00", b"\x1f")
SHAPES += post(
    "/alerts",
    *[b'[{"labels":{"alertname":"Bytes%d","b":"x%sy"},"endsAt":"2090-01-01T00:00:00Z"}]' % at for at in enumerate(BROKEN)],
    *[b'[{"labels":{"alertname":"BytesName%d","b%s":"x"},"endsAt":"2090-01-01T00:00:00Z"}]' % at for at in enumerate((b"\xff", b"\xc3\xa9"))],
    *[b'[{"labels":{"alertname":"BytesNote%d"},"annotations":{"n":"x%sy"},"endsAt":"2090-01-01T00:00:00Z"}]' % at for at in enumerate(BROKEN[:4])],
    b'[{"labels":{"alertname":"BytesUrl"},"generatorURL":"http://a/\xff","endsAt":"2090-01-01T00:00:00Z"}]',
    b'[{"labels":{"alertname":"BytesUnknown"},"x\xff":"\xff","endsAt":"2090-01-01T00:00:00Z"}]',
    b"\xff\xfe[\x00]\x00", b"[]\xff")

M = '"matchers":[{"name":"alertname","value":"%s","isRegex":false}]'


def raw_silence(name, inside):
    return '{%s,"startsAt":"%s","endsAt":"%s","createdBy":"ada","comment":"on it"%s}' % (M % name, EARLY, LATE, inside)


SILENCE_SHAPES = post(
    "/silences", raw_silence("Twice", ',"comment":"again"'), raw_silence("TwiceNull", ',"comment":null'), raw_silence("TwiceEmpty", ',"comment":""'),
    raw_silence("TwiceEnd", ',"endsAt":"2089-01-01T00:00:00Z"'), raw_silence("TwiceBadEnd", ',"endsAt":"x"'),
    raw_silence("TwiceMatchers", ',"matchers":[]'), raw_silence("TwiceMatchers2", ',"matchers":[{"name":"b","value":"c","isRegex":false}]'),
    raw_silence("TwiceMatchers3", ',"matchers":[{"name":"b"}]'), raw_silence("TwiceMatchers4", ',"matchers":null'),
    raw_silence("Case", ',"COMMENT":"case","Createdby":"grace","ENDSAT":"2089-01-01T00:00:00Z"'),
    raw_silence("Fold", ',"create\u0064By":"d","end\u017fAt":"2089-01-01T00:00:00Z"'),
    raw_silence("Unknown", ',"status":{"state":"expired"},"updatedAt":"x","":[]'), raw_silence("Trail", "") + " x", raw_silence("Trail", "") + "}",
    raw_silence("Trail", "") + raw_silence("Trail2", ""), "[" + raw_silence("Array", "") + "]", raw_silence("Cut", "")[:-1], raw_silence("Cut", "")[:40],
    "\ufeff" + raw_silence("Bom", ""), " \n\t" + raw_silence("White", "") + "\r\n", "\x00", " ", "null", "true", "5", '"x"', "{}", "{ }", "{,}", '{"a"}',
    "[]", "[{}]",
    # matchers
    silence(), silence(("a", "")), silence(("a", "b")), silence(("a", "b", None)), silence(("a", "b", False, None)), silence(("a", None, False)),
    silence((None, "b", False)), silence(("b", "Equal", False, True)), silence(("b", "NotEqual", False, False)), silence(("b", "Null", False, None)),
    silence(("b", "Regex|x", True, True)), silence(("b", "NotRegex.*", True, False)), silence(("a", "", False)), silence(("a", "", True)),
    silence(("a", "", False, False)), silence(("a", "", True, False)), silence(("a", ".*", True)), silence(("a", ".+", True)),
    silence(("a", ".*", True, False)), silence(("a", "x?", True)), silence(("a", "x", False, False)), silence(("a", "x", True, False)),
    silence(("a", "", False), ("b", "BesideEmpty", False)), silence(("a", "", False), ("b", "", False)),
    silence(("b", "Same", False), ("b", "Same", False)), silence(("b", "Order2", False), ("a", "Order1", False)),
    silence(("b", "2", False), ("b", "1", True), ("b", "1", False)), silence(("a.b", "c", False)), silence(("", "c", False)), silence(("", "", False)),
    silence(("a b", "c", False)), silence(("\u00e9", "c", False)), silence(("1", "c", False)), silence(("a:b", "c", False)),
    silence(("__name__", "c", False)), silence(("a", "c", False), ("a.b", "c", False)), silence(("a", "[", True)), silence(("a", "(?P<n", True)),
    silence(("a", "a**", True)), silence(("a", "(?=a)", True)), silence(("a", "\\", True)), silence(("a", "a{1001}", True)), silence(("a", "\\d+", True)),
    silence(("a", "(?i)X", True)), silence(("a", "x{2,1}", True)), silence(("a", "+", True)), silence(("a", "[z-a]", True)), silence(("a", ")", True)),
    silence(("a", "\\8", True)), silence(("a", "\\pX", True)), silence(("a", "(?i", True)), silence(("a", "a$^", True)), silence(("a", "[[:nope:]]", True)),
    silence(("a", "\\C", True)), silence(("a", "\\z", True)), silence(("a", "(?s).\n", True)), silence(("a", "x\ny", False)),
    silence(("a", "<&>\u2028", False)), silence(("a", "x" * 5000, False)), silence(*[(f"l{i}", "x", False) for i in range(60)]),
    silence(*[(f"l{i}", "(" if i == 11 else "x", True) for i in range(12)]),
    # words and times
    base_silence("Comment", comment=""), base_silence("Comment", comment=" "), base_silence("Comment", comment="\n<&>\u2028"),
    base_silence("Comment", comment="x" * 20000), base_silence("Author", createdBy=""), base_silence("Author", createdBy=" "),
    base_silence("Author", createdBy="", comment=""), base_silence("Author", createdBy="\u00e9<&>"), base_silence("Past", endsAt="2026-01-02T00:00:00Z"),
    base_silence("Past", endsAt=EARLY), base_silence("Past", startsAt=LATE), base_silence("Past", startsAt="2090-01-01T00:00:01Z"),
    base_silence("Equal", startsAt=LATE, endsAt=LATE), base_silence("Reverse", startsAt="2026-01-03T00:00:00Z", endsAt="2026-01-02T00:00:00Z"),
    base_silence("Nano", startsAt="2089-01-01T00:00:00.000000001Z", endsAt="2089-01-01T00:00:00.0000019Z"),
    base_silence("Future", startsAt="2089-01-01T00:00:00Z"), base_silence("NoStart", startsAt=None), base_silence("NoEnd", endsAt=None),
    base_silence("ZeroStart", startsAt="0001-01-01T00:00:00Z"), base_silence("ZeroEnd", endsAt="0001-01-01T00:00:00Z"),
    base_silence("Zeros", startsAt="0001-01-01T00:00:00Z", endsAt="0001-01-01T00:00:00Z"), base_silence("EmptyTimes", startsAt="", endsAt=""),
    *[{k: v for k, v in base_silence("Without").items() if k != gone} for gone in ("matchers", "startsAt", "endsAt", "createdBy", "comment")],
    *[{**base_silence("Without", **more), "startsAt": None} for more in (
        {"matchers": []}, {"matchers": [{"name": "a", "value": "(", "isRegex": True}]}, {"matchers": [{}]}, {"comment": None}, {"endsAt": None})],
    # ids
    base_silence("Id", id=""), base_silence("Id", id=None), base_silence("Id", id=" "), base_silence("Id", id=NOBODY),
    base_silence("Id", id=NOBODY.upper()), base_silence("Id", id="x"), base_silence("Id", id=NOBODY.replace("-", "")),
    base_silence("Id", id=NOBODY, endsAt=EARLY), base_silence("Id", id=NOBODY, comment=""), base_silence("Id", id=NOBODY, matchers=[]),
    base_silence("Id", id=NOBODY, startsAt=LATE),
)
SILENCE_SHAPES += post(
    "/silences",
    *[raw_silence("Bytes%d" % i, "").encode().replace(b"on it", b"x%sy" % b) for i, b in enumerate(BROKEN)],
    *[raw_silence("Bytes@%d" % i, "").encode().replace(b"@", b) for i, b in enumerate(BROKEN[:4])],
    raw_silence("Bytes", "").encode().replace(b"ada", b"\xff"), raw_silence("Bytes", "").encode().replace(b'"alertname"', b'"a\xff"'),
    raw_silence("B@", "").encode().replace(b"false", b"true").replace(b"@", b"\xff"))

BOOLEANS = [
    "", "true", "false", "1", "0", "t", "T", "f", "F", "TRUE", "True", "FALSE", "yes", "Yes", "YES", "no", "y", "Y", "n", "on", "ON", "off", "ok", "OK",
    "selected", "checked", "enabled", "disabled", "2", "-1", "01", "1.0", "%20true", "true%20", "+true", "tru", "null", "maybe", "%C4%B1", "tr%75e",
    "true,false",
]
MATCHERS = [
    "", " ", "a", "a=", "a=b", "a=\"b\"", "a='b'", "a=`b`", "a!=b", "a=~b", "a!~b", "a==b", "a=~", "a!", "a~b", "=b", "=~b", " a = b ", "a = \"b\" ",
    "{a=b}", "{a=\"b\",c=\"d\"}", "a=b,c=d", "a=\"b\",c=\"d\"", "a=\"b", "a=b\"", "a=\"b\\", "a=\"\\\"\"", "a=\"\\n\"", "a=\"\\t\"", "a=\"b\"c", "a=(",
    "a=~(", "a=~[", "a!~*", "a.b=c", "a-b=c", "\"a\"=b", "1a=b", "a:b=c", "_a=b", "a b=c", "\u00e9=b", "a=\u00e9", "a=\U0001f642", "a=<&>", "a=b\n",
    "\na=b", "a\n=b", "a={}", "a={", "a=}", "a=b=c", "a=~b=~c", "a!=~b", "alertname=Equal", "alertname=~E.*", "severity=page", "alertname!~.*",
    "alertname=~", "alertname=", "alertname!=", "nothing=", "nothing!=", "nothing=~.*", "nothing!~.+", "b=c", "e=", "f=x", "f!=x", "f=~(?i)X",
    "alertname=~(?s).", "alertname=E\\qual", "a=,", ",a=b", "a=b,",
]
RECEIVERS = [
    "", "default", "pager", "pag", ".*", ".+", "^pager$", "(", "[", "*", "+", "a{2,1}", "(?i)PAGER", "\\", "pager|default", "^(?:pager)$", "x)|(y", "\\d",
    "(?P<n>pager)", "(?=a)", "\\pN", "pa\nger", "\u00e9", "a{1001}", "pager)(", "\\Q", "(?", "\\C*",
]


def questions():
    for name, value in itertools.product(("active", "silenced", "inhibited", "unprocessed"), BOOLEANS):
        yield from get(f"/alerts?{name}={value}&filter=alertname%3DEqual")
    for name, value in itertools.product(("active", "silenced", "inhibited"), BOOLEANS[:12]):
        yield from get(f"/alerts/groups?{name}={value}&filter=alertname%3DEqual")
    yield from get(*[f"/alerts?filter=alertname%3DEqual&{q}" for q in (
        "active", "active&", "active=true=false", "active=true&active=false", "active=false&active=true", "active=false&active=", "active=&active=false",
        "Active=false", "active[]=false", "active%3Dfalse", "%61ctive=false", "active=%66alse", "active=fal%2573e", "&&", "=", "=x",
        "receiver=default&receiver=pager", "receiver=&receiver=pager", "receiver=pager&receiver=", "x=" + "y" * 3000)])
    for text in MATCHERS:
        yield from get(*[f"{path}?filter={quote(text)}" for path in ("/alerts", "/silences", "/alerts/groups")])
    yield from get(*[f"/alerts?{q}" for q in (
        "filter[]=alertname%3DEqual", "filter%5B%5D=alertname%3DEqual", "filter[0]=x", "filter=alertname%3DEqual&filter=f%3Dx",
        "filter=alertname%3DEqual&filter=", "filter=&filter=alertname%3DEqual", "filter", "filter=a%3Db&filter=(", "Filter=x", "filter=alertname=Equal",
        "filter=a=b+c", "filter=a+=+b", "filter=a%3Db%2Cc%3Dd", "filter=(&receiver=(", "receiver=(&filter=(", "filter=x&active=maybe")])
    yield from get(*[f"/silences?{q}" for q in ("filter[]=x", "filter=a%3Db&filter=c%3Dd", "active=false&filter=no%3Dthing", "x", "filter=")])
    for text in RECEIVERS:
        for path in ("/alerts", "/alerts/groups"):
            yield from get(f"{path}?receiver={quote(text)}&filter=alertname%3DEqual")


SOME_ID = "5B7AC3A4-9EA1-4F64-91A7-1AD2F5B6A001"
PATHS = [
    "/", "//", "/alerts/", "/alerts//", "//alerts", "/./alerts", "/alerts/.", "/../v2/alerts", "/alerts/../silences", "/%61lerts", "/alerts%2F",
    "/alerts%2Fgroups", "/alerts/groups/", "/alerts//groups", "/alerts/Groups", "/alerts%20", "/alerts%3Factive=false", "/alerts;x=1", "/alert", "/status/",
    "/status/x", "/receivers/", "/receivers?x", "/silences/", "/silences//", "/silences/x", "/silence", "/silence/", "/silence//", "/silence//x",
    "/silence/x/", "/silence/x/y", "/silence/%20", "/silence/x%2Fy", "/silence/x%22y", "/silence/<&>", "/silence/%0A", f"/silence/{SOME_ID}",
    f"/silence/{NOBODY}/", f"/silence/{NOBODY}//", f"/silence//{NOBODY}", f"/silence/{NOBODY.replace('-', '')}", f"/silence/{NOBODY[:-1]}",
    f"/silence/{NOBODY}0", f"/silence/{{{NOBODY}}}", f"/silence/urn:uuid:{NOBODY}", f"/silence/{NOBODY[:8]}{NOBODY[9:]}",
    "/silence/00000000-0000-0000-0000-000000000000", "/silence/ffffffff-ffff-ffff-ffff-ffffffffffff", "/silence/5b7ac3a4-9ea1-1f64-01a7-1ad2f5b6a001",
    f"/silence/%35{NOBODY[1:]}", f"/silence/{NOBODY}?x=y", f"/silence/{NOBODY}%3F", f"/silence/{NOBODY};x", "/silence/{s1}", "/silence/{s1}/",
    "/swagger.json", "/docs", "/metrics", "/nope", "/nope%2Fx", "/no<p>e", "/n%C3%B6", "/STATUS", "/alerts/groups/x", "/alerts/groups?receiver=pager",
]
OUTSIDE = [
    "/api/v2", "/api/v2?x", "//api/v2/alerts", "/api//v2/alerts", "/api/v2%2Falerts", "/%61pi/v2/alerts", "/./api/v2/alerts",
    "/x/../api/v2/alerts?active=false", "/-/healthy", "/-/ready", "/-/ready?x", "//-/healthy", "/-//ready",
]

CONTENT_TYPES = [
    "", " ", "application/json", "application/json;", "application/json;charset=utf-8", "application/json; charset=UTF-8",
    "application/json; charset=latin1", "application/json; charset", "application/json;;", "application/json; =", "application/json; a=b; a=c",
    " application/json ", "APPLICATION/JSON", "application/JSON; q=1", "application/json, text/plain", "application/json+x", "application/vnd.api+json",
    "application/*", "*/*", "application", "application/", "/json", "json", "text/json", "text/plain; charset=utf-8", "application/octet-stream",
    "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/jsonx", "application/ json", "\u00e9", "application/json\t",
    "application/json ;charset=utf-8", "application/json; charset=\"utf-8\"", "application/json; charset=\"utf-8", "application/x-yaml", "text/<b>",
]
ACCEPTS = [
    "*/*", "application/json", "application/*", "text/plain", "text/*", "", " ", "*", "application/json;q=0", "application/json;q=0.1, text/html",
    "text/html, */*;q=0.1", "*/*;q=0", "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "APPLICATION/JSON",
    "application/json; charset=utf-8", "application/json;version=1", "json", "application/vnd.api+json", "text/plain, application/json", "application/xml",
    "application/json,", ",", ";q=1", "application/json;q=x", "image/*, */json",
]


def doors():
    yield from get(*PATHS)
    yield from [("GET", path, None, {}) for path in OUTSIDE]
    known = ("/alerts", "/alerts/groups", "/silences", "/silence/{s1}", f"/silence/{NOBODY}", "/silence/x", "/status", "/receivers", "/nope", "/")
    for method, path in itertools.product(("POST", "PUT", "PATCH", "DELETE", "OPTIONS"), known):
        if method != "DELETE" or path not in ("/silence/{s1}", f"/silence/{NOBODY}"):
            yield (method, "/api/v2" + path, None, {})
    for method in ("POST", "PUT", "DELETE"):
        yield from [(method, "/api/v2" + path, "[]", JSON) for path in (
            "/alerts/", "/alerts//", "/silences/", "//alerts", "/alerts?x=y", "/nope", "/silence/x/")]
    good = json.dumps([base_alert("Type")])
    for i, kind in enumerate(CONTENT_TYPES):
        yield ("POST", "/api/v2/alerts", good.replace('"Type"', f'"Type{i}"'), {"Content-Type": kind})
        yield ("POST", "/api/v2/alerts", "", {"Content-Type": kind})
        if i % 3 == 0:
            yield ("POST", "/api/v2/silences", json.dumps(base_silence(f"Type{i}")), {"Content-Type": kind})
    for body in (None, "", "[]", good.replace('"Type"', '"NoType"')):
        yield ("POST", "/api/v2/alerts", body, {})
        yield ("POST", "/api/v2/silences", body, {})
    for kind in ACCEPTS:
        for path in ("/receivers", "/nope", "/silence/x", "/alerts?filter=("):
            yield ("GET", "/api/v2" + path, None, {"Accept": kind})
        yield ("POST", "/api/v2/alerts", "[]", {**JSON, "Accept": kind})
        yield ("POST", "/api/v2/alerts", "[", {**JSON, "Accept": kind})
        yield ("PUT", "/api/v2/alerts", None, {"Accept": kind})


def updates():
    """Silences that are made here, changed, ended and changed again; {s1} is the seed's."""
    def changed(number, name, **more):
        return base_silence(name, id="{s%d}" % number, **more)

    later, next_year = "2089-01-01T00:00:00Z", "2091-01-01T00:00:00Z"
    empty = [{"name": "a", "value": "", "isRegex": False}]
    not_c = {"name": "b", "value": "c", "isRegex": True, "isEqual": False}
    up5 = {"name": "alertname", "value": "Up5", "isRegex": False}
    yield from post("/silences", base_silence("Up2"), base_silence("Up3", startsAt=later), base_silence("Up4", endsAt=later),
                    silence(("alertname", "Up5", False), ("b", "c", True, False)))
    yield from post("/silences", *[changed(2, "Up2", **fields) for fields in (
        {"comment": "new"}, {"startsAt": EARLY}, {"endsAt": "2089-06-01T00:00:00Z"}, {"endsAt": "2026-01-02T00:00:00Z"}, {"createdBy": "grace"},
        {"comment": ""}, {"matchers": []}, {"startsAt": LATE}, {"endsAt": EARLY}, {"matchers": empty})])
    yield from post("/silences", *[changed(3, "Up3", **fields) for fields in (
        {"comment": "new"}, {"startsAt": "2088-01-01T00:00:00Z"}, {"startsAt": later, "endsAt": next_year}, {"startsAt": EARLY})])
    yield from post("/silences", changed(5, "Up5"), changed(5, "Up5", matchers=[not_c, up5]), changed(5, "Up5", matchers=[up5, not_c]))
    yield from get(*["/silence/{s%d}" % i for i in range(2, 10)])
    yield ("DELETE", "/api/v2/silence/{s4}", None, {})
    yield ("DELETE", "/api/v2/silence/{s4}/", None, {})
    yield from post("/silences", changed(4, "Up4", endsAt=later), changed(4, "Up4", startsAt=later), changed(4, "Other"), changed(4, "Up4", endsAt=EARLY))
    for i in range(2, 10):
        yield ("DELETE", "/api/v2/silence/{s%d}" % i, None, {})
        yield from post("/silences", changed(i, f"After{i}"))
    yield ("DELETE", "/api/v2/silence/{s2}", "{}", JSON)
    yield ("DELETE", "/api/v2/silence/{s2}?x=y", None, {})
    yield from get("/silences?filter=alertname%3DUp5&filter=b%3Dc", "/silences?filter=alertname%3D~%22Up.%22")


GENERATED_SEED = 20260102
KEYS = ["labels", "annotations", "startsAt", "endsAt", "generatorURL", "Labels", "ENDSAT", "x", ""]
LABELS = ["alertname", "severity", "a", "A", "a_b", "a.b", "", "\u00e9", "__x__", "1"]
TEXTS = ["", "x", "page", "warn", " ", "\u00e9", "\n", "<&>", "\\", "\"", "http://a/b", "/g?x", "::", "a b"]


def generated(count):
    """Alerts and silences of fields by chance; the same in each run."""
    rng = random.Random(GENERATED_SEED)

    def text():
        return rng.choice([*TEXTS, None, 5, True, [], {}]) if rng.random() < 0.2 else rng.choice(TEXTS[:6])

    def labels(name, odd):
        return rng.choice([None, [], "x", {}]) if rng.random() < 0.05 else {
            "alertname": name, **{odd if rng.random() < 0.2 else rng.choice(LABELS[1:5]): text() for _ in range(rng.randrange(4))}}

    def time():
        return rng.choice([None, 5, "x", "", EARLY]) if rng.random() < 0.1 else rng.choice([EARLY, LATE, *[t for t in TIMES if t not in LAST_YEAR]])

    def one(name):
        odd = rng.choice(LABELS)  # one for all of it: of two bad names the reference names either
        out = {"labels": labels(name, odd), "endsAt": rng.choice([LATE, LATE, time()])}
        for key in rng.sample(KEYS, rng.randrange(4)):
            out[key] = (labels(name, odd) if key.lower() in ("labels", "annotations") else time() if key.lower().endswith("at") else text())
        return out

    def matcher():
        out = {"name": rng.choice(LABELS), "value": text(), "isRegex": rng.choice([True, False, False, False, None, "x"]),
               "isEqual": rng.choice([True, False, None, True])}
        return {k: v for k, v in out.items() if rng.random() < 0.95}

    for i in range(count):
        if rng.random() < 0.6:
            yield from post("/alerts", [one(f"Gen{i}.{j}") for j in range(rng.randrange(1, 4))])
        else:
            own = {"name": "alertname", "value": f"Gen{i}", "isRegex": False}
            made = {"matchers": [own, *[matcher() for _ in range(rng.randrange(3))]], "startsAt": rng.choice([EARLY, time()]),
                    "endsAt": rng.choice([LATE, time()]), "createdBy": rng.choice(["ada", text()]), "comment": rng.choice(["on it", text()])}
            yield from post("/silences", {k: v for k, v in made.items() if rng.random() < 0.97})


# Of those called Equal one is active, one goes to the pager and inhibits the next, and one is silenced.
SEED = post("/alerts", [
    base_alert("Equal", annotations={"x": "y"}),
    alert({"alertname": "Equal", "severity": "page", "a": "b", "e": "f", "role": "source"}, startsAt=EARLY, endsAt=LATE),
    alert({"alertname": "Equal", "role": "target"}, startsAt=EARLY, endsAt=LATE),
    alert({"alertname": "Equal", "role": "silenced", "f": "X"}, startsAt=EARLY, endsAt=LATE),
    alert({"alertname": "Other", "a": "\u00e9"}, startsAt=EARLY, endsAt=LATE), alert({"alertname": "<&>", "a": "{}"}, startsAt=EARLY, endsAt=LATE),
]) + post("/silences", silence(("role", "silenced", False), endsAt="2089-02-01T00:00:00Z"))

PARTS = {"seed": SEED, "questions": list(questions()), "doors": list(doors()), "updates": list(updates()), "shapes": SHAPES, "times": list(times()),
         "values": list(values()), "silence shapes": SILENCE_SHAPES, "generated": list(generated(400))}
