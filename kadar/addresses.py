"""E-mail addresses and their domains, brought to what can be compared."""

from __future__ import annotations

_FREE_MAIL = (
    "gmail.com googlemail.com yahoo.com yahoo.com.my yahoo.com.sg yahoo.co.id yahoo.co.uk "
    "yahoo.co.in yahoo.de yahoo.fr yahoo.com.hk yahoo.com.tw ymail.com rocketmail.com "
    "hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.my outlook.com outlook.my "
    "live.com live.com.my msn.com icloud.com me.com mac.com aol.com gmx.de gmx.net gmx.com "
    "gmx.at gmx.ch web.de t-online.de freenet.de orange.fr free.fr laposte.net libero.it "
    "mail.ru yandex.ru yandex.com ya.ru proton.me protonmail.com pm.me tutanota.com hey.com "
    "fastmail.com zoho.com zohomail.com mail.com qq.com vip.qq.com foxmail.com 163.com 126.com "
    "yeah.net 139.com 189.cn sina.com sina.cn sohu.com aliyun.com 21cn.com tom.com naver.com "
    "daum.net hanmail.net streamyx.com tm.net.my singnet.com.sg pacific.net.sg telkom.net "
    "comcast.net verizon.net att.net sbcglobal.net cox.net bellsouth.net btinternet.com "
    "rediffmail.com uol.com.br bol.com.br terra.com.br"
)
FREE_MAIL = frozenset(_FREE_MAIL.split())


def address(email: str | None) -> str | None:
    """Return an e-mail address to compare: lower case, without a tag (`a+b@…` is `a@…`)."""
    name, at, domain = (email or "").strip().casefold().partition("@")
    domain = domain.rstrip(".")
    if not at or "." not in domain or "@" in domain or not name:
        return None
    return f"{name.partition('+')[0] or name}@{domain}"


def domain(email: str | None) -> str | None:
    """Return the domain of an address, unless anybody may have one there."""
    found = (email or "").rpartition("@")[2]
    return found if found and found not in FREE_MAIL else None
