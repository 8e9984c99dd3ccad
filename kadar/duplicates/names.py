"""Names of companies and people brought to what is compared: words without the company's form."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Company forms, as their last (in some countries first) words: ASCII, lower case, no points.
_FORMS = (
    "sdn bhd berhad plt enterprise enterprises ent pt tbk cv ltd limited pte pvt private "
    "plc llp llc inc incorporated corp corporation co company gmbh mbh ag kg ohg ug ev se "
    "sa sas sarl sl srl spa nv bv bvba ab oy as asa aps kk ltda lda sro oo zoo kft pty "
    "holdings holding group international intl the and of dba"
)
FORMS = frozenset(_FORMS.split())
# Forms of different laws: a Sdn Bhd and a GmbH are two companies, whatever else they share.
_LAWS = {
    "my": "sdn bhd berhad plt sendirian", "sg": "pte", "de": "gmbh mbh ag kg ohg ug",
    "us": "inc incorporated llc corp corporation", "id": "pt tbk cv", "au": "pty",
    "fr": "sarl sas", "it": "srl spa", "nl": "bv nv", "no": "asa aps oy oyj",
}  # fmt: skip
_LAW = {form: law for law, forms in _LAWS.items() for form in forms.split()}
_SPELT = {"sendirian": "sdn", "berhad": "bhd"}
# Chinese, Japanese and Korean forms, the longer before the shorter.
_ASIAN_FORMS = re.compile(
    "股份有限责任公司|股份有限公司|有限责任公司|控股有限公司|集团有限公司|集團有限公司|"
    "有限公司|股份公司|股份|公司|集团|集團|株式会社|有限会社|合同会社|주식회사|유한회사"
)
_WORD = re.compile(r"[^\W_]+")
_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@lru_cache(maxsize=1 << 18)
def words(name: str) -> tuple[str, ...]:
    """Return the words of a name in their order, without its company form.

    Compatibility forms, case, accents and points are levelled: `Café Déjà-Vu SDN. BHD.` is
    `cafe deja vu`, `北京华为技术有限公司` is `北京华为技术`. A name of mere forms keeps them.
    """
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    text = unicodedata.normalize("NFC", text).replace("&", " and ").replace("'", "")
    text = re.sub(r"\b(\w)\.(?=\w\b)", r"\1", text)  # s.d.n., p.t.
    if _ASIAN.search(text):
        text = _ASIAN_FORMS.sub(" ", text) if _ASIAN_FORMS.sub("", text).strip() else text
    found = [_SPELT.get(word, word) for word in _WORD.findall(text)]
    kept = [word for word in found if word not in FORMS]
    return tuple(kept or found)


@lru_cache(maxsize=1 << 18)
def laws(name: str) -> frozenset[str]:
    """Return the laws under which a name's company form exists: empty where it says none."""
    text = re.sub(r"[.,]", "", name.casefold())
    return frozenset(_LAW[word] for word in _WORD.findall(text) if word in _LAW)


def compact(parts: tuple[str, ...]) -> str:
    """Return the words as one: `GTX Pro` and `GTXPro` are the same."""
    return "".join(parts)


def phone(text: str | None) -> str | None:
    """Return the last eight digits of a telephone number, which no dialling code changes."""
    digits = re.sub(r"\D", "", (text or "").partition("ext")[0])
    if len(digits) < 8 or len(set(digits[-8:])) == 1:
        return None
    return digits[-8:]
