"""Names: companies and the people in them, as each country writes them."""

from __future__ import annotations

from random import Random

_MY = (
    [
        "Seri",
        "Bukit",
        "Mutiara",
        "Kencana",
        "Perdana",
        "Cahaya",
        "Damai",
        "Gemilang",
        "Permata",
        "Harapan",
        "Setia",
        "Bayu",
        "Rimba",
        "Delima",
        "Anggerik",
    ],
    [
        "Murni",
        "Jaya",
        "Maju",
        "Utama",
        "Sentosa",
        "Makmur",
        "Bestari",
        "Indah",
        "Teguh",
        "Wawasan",
        "Bahagia",
        "Sejati",
        "Timur",
        "Utara",
    ],
    [
        "Sdn Bhd",
        "Trading Sdn Bhd",
        "Holdings Sdn Bhd",
        "Foods Sdn Bhd",
        "Logistics Sdn Bhd",
        "Engineering Sdn Bhd",
        "Clinic Sdn Bhd",
    ],
)
_SG = (
    [
        "Tanjong",
        "Orchard",
        "Merlion",
        "Keppel",
        "Raffles",
        "Sentosa",
        "Kallang",
        "Bishan",
        "Changi",
        "Novena",
        "Clementi",
        "Bedok",
    ],
    [
        "Marine",
        "Capital",
        "Design",
        "Dental",
        "Logistics",
        "Interiors",
        "Catering",
        "Systems",
        "Legal",
        "Media",
        "Precision",
        "Travel",
    ],
    ["Pte Ltd", "Partners Pte Ltd", "Group Pte Ltd", "Asia Pte Ltd", "& Sons Pte Ltd"],
)
_ID = (
    [
        "Sinar",
        "Karya",
        "Mitra",
        "Surya",
        "Bintang",
        "Citra",
        "Graha",
        "Anugerah",
        "Mega",
        "Duta",
        "Prima",
        "Nusantara",
    ],
    [
        "Jaya",
        "Abadi",
        "Sejahtera",
        "Mandiri",
        "Lestari",
        "Sentosa",
        "Makmur",
        "Perkasa",
        "Utama",
        "Persada",
        "Mulia",
    ],
    ["", "Indonesia", "Group", "Tbk", "Logistik"],
)
_CN = (
    [
        "苏州",
        "上海",
        "深圳",
        "广州",
        "杭州",
        "宁波",
        "东莞",
        "厦门",
        "青岛",
        "无锡",
        "成都",
        "武汉",
    ],
    [
        "恒达",
        "华信",
        "瑞丰",
        "中科",
        "天宇",
        "博远",
        "鑫源",
        "嘉禾",
        "明德",
        "宏图",
        "永泰",
        "佳成",
        "锐航",
    ],
    [
        "电子有限公司",
        "贸易有限公司",
        "科技有限公司",
        "食品有限公司",
        "物流有限公司",
        "机械有限公司",
    ],
)
_PEOPLE = {
    "MY": (
        ["Ahmad", "Nurul", "Siti", "Lim", "Tan", "Muthu", "Farid", "Aina", "Chong", "Devi"],
        ["Hassan", "Ibrahim", "Wei Ling", "Kok Wai", "Abdullah", "Raju", "Hidayah", "Yusof", "Mei"],
    ),
    "SG": (
        ["Adrian", "Grace", "Jun Wei", "Nadia", "Marcus", "Hui Min", "Ravi", "Sarah"],
        ["Lim", "Tan", "Ng", "Goh", "Chua", "Menon", "Rahman", "Teo"],
    ),
    "ID": (
        ["Budi", "Ratna", "Eko", "Sri", "Indra", "Fitri", "Hendra", "Maya"],
        ["Wijaya", "Saputra", "Hidayat", "Kusuma", "Setiawan", "Permata", "Gunawan"],
    ),
    "CN": (
        ["王", "李", "张", "刘", "陈", "杨", "黄", "吴"],
        ["伟", "芳", "娜", "敏", "强", "军", "洋", "艳", "杰", "涛"],
    ),
}
_DIAL = {
    "MY": "+60 1{}-{} {}",
    "SG": "+65 8{}{} {}",
    "ID": "+62 81{}-{}-{}",
    "CN": "+86 13{} {} {}",
}


def company_name(numbers: Random, country: str, taken: set[str]) -> str:
    """Return a company's name that is not yet in `taken`, and put it there."""
    first, second, third = {"MY": _MY, "SG": _SG, "ID": _ID, "CN": _CN}[country]
    while True:
        words = [numbers.choice(first), numbers.choice(second), numbers.choice(third)]
        if country == "CN":
            name = words[0] + words[1] + words[2]
        else:
            name = " ".join(word for word in words if word)
        if country == "ID":
            name = f"PT {name}"
        if name in taken:  # a second branch of the same name
            city = numbers.randrange(2, 60)
            name = f"{name}（{city}店）" if country == "CN" else f"{name} ({city})"
        if name not in taken:
            taken.add(name)
            return name


def person_name(numbers: Random, country: str) -> str:
    """Return a person's name."""
    first, last = _PEOPLE[country]
    one, two = numbers.choice(first), numbers.choice(last)
    return f"{one}{two}" if country == "CN" else f"{one} {two}"


def phone(numbers: Random, country: str) -> str:
    """Return a telephone number as it is written in the country."""
    return _DIAL[country].format(
        numbers.randrange(10), numbers.randrange(100, 1000), numbers.randrange(1000, 10000)
    )
