"""What names, addresses and notes of clinics are made of, in English; `english` puts them together."""

from collections.abc import Mapping
from typing import Final


def _table(text: str) -> Mapping[str, str]:
    """One word a line: its Chinese forms, parted by strokes, then its English."""
    found = {}
    for line in text.strip().splitlines():
        forms, _, meaning = line.strip().partition(" ")
        found.update(dict.fromkeys(forms.split("|"), meaning))
    return found


PLACES: Final = _table("""
    省 Province
    自治区 Autonomous Region
    市 City
    自治州|州 Prefecture
    地区 Prefecture
    盟 League
    自治县|县 County
    旗 Banner
    左旗 Left Banner
    右旗 Right Banner
    前旗 Front Banner
    后旗 Rear Banner
    中旗 Middle Banner
    区 District
    新区 New Area
    开发区|经济开发区|经济技术开发区 Development Zone
    县城 County
    大路 Road
    高新区|高新技术开发区 High-Tech Zone
    工业园|工业园区|产业园 Industrial Park
    园区 Park
    镇 Town
    乡|民族乡 Township
    街道|街道办|街道办事处 Subdistrict
    村|行政村|自然村 Village
    社区|居委会 Community
    小区 Residential Quarter
    农场 Farm
    林场 Forest Farm
    路 Road
    街|大街 Street
    大道 Avenue
    道 Road
    巷|弄|里弄 Lane
    胡同 Hutong
    广场 Square
    公路 Highway
    国道 National Road
    省道 Provincial Road
""")
"""Kinds of place, which follow what it is called."""

TERMS: Final = _table("""
    卫生院|中心卫生所 Health Centre
    中心卫生院 Central Health Centre
    镇卫生院|乡卫生院|乡镇卫生院 Township Health Centre
    镇中心卫生院|乡中心卫生院|乡镇中心卫生院 Township Central Health Centre
    街道卫生院 Subdistrict Health Centre
    卫生室|卫生站|卫生所|医务室|保健站 Clinic
    村村卫生室|村卫生室|村卫生站|村卫生所|村医务室|村级卫生室 Village Clinic
    社区卫生服务中心|卫生服务中心|社区卫生中心 Community Health Centre
    社区卫生服务站|卫生服务站|社区卫生站 Community Health Station
    诊所|个体诊所 Clinic
    中医诊所 TCM Clinic
    口腔诊所 Dental Clinic
    门诊|门诊部|综合门诊部 Outpatient Clinic
    中医门诊部 TCM Outpatient Clinic
    发热门诊|发烧门诊 Fever Clinic
    发热诊室|哨点诊室|发热哨点诊室|发热哨点 Fever Room
    发热 Fever
    儿科 Paediatrics
    儿科门诊 Paediatric Clinic
    内科 Internal Medicine
    急诊|急诊科 Emergency
    感染科 Infectious Diseases
    感染楼|感染科楼|感染科大楼 Infectious Diseases Building
    门诊楼|门诊大楼 Outpatient Building
    急诊楼 Emergency Building
    综合楼 Main Building
    住院部 Inpatient Building
    医院 Hospital
    人民医院 People's Hospital
    中心医院 Central Hospital
    总医院 General Hospital
    总院 Main Hospital
    分院 Branch
    医院分院 Hospital Branch
    院区 Campus
    东院区|东院 East Campus
    西院区|西院 West Campus
    南院区|南院 South Campus
    北院区|北院 North Campus
    新院区|新院 New Campus
    老院区|老院 Old Campus
    附属医院 Affiliated Hospital
    中医院|中医医院 Hospital of Traditional Chinese Medicine
    中西医结合医院 Hospital of Chinese and Western Medicine
    内蒙古 Inner Mongolia
    内蒙古自治区 Inner Mongolia Autonomous Region
    新疆 Xinjiang
    新疆维吾尔自治区|新疆自治区 Xinjiang Autonomous Region
    西藏 Xizang
    西藏自治区 Xizang Autonomous Region
    广西壮族自治区 Guangxi Autonomous Region
    宁夏回族自治区 Ningxia Autonomous Region
    口腔医院 Dental Hospital
    心血管病医院 Cardiovascular Hospital
    心脑血管病医院 Cardiovascular Hospital
    维吾尔医医院 Uyghur Medicine Hospital
    中蒙医院|蒙中医院 Hospital of Chinese and Mongolian Medicine
    医疗集团 Medical Group
    集团 Group
    蒙医医院 Mongolian Medicine Hospital
    儿童医院 Children's Hospital
    妇幼保健院|妇幼保健医院|妇幼保健服务中心 Maternal and Child Health Hospital
    妇幼保健计划服务中心|妇幼保健计划生育服务中心 Maternal and Child Health Hospital
    传染病医院|传染病专科医院 Infectious Diseases Hospital
    康复医院 Rehabilitation Hospital
    老年医院 Geriatric Hospital
    专科医院 Specialist Hospital
    妇产医院 Maternity Hospital
    骨科医院 Orthopaedic Hospital
    肿瘤医院 Cancer Hospital
    精神病医院|精神卫生中心 Mental Health Centre
    职工医院 Workers' Hospital
    工人医院 Workers' Hospital
    红十字医院|红十字会医院 Red Cross Hospital
    县医院 County Hospital
    市医院 City Hospital
    区医院 District Hospital
    医科大学 Medical University
    大学 University
    学院 College
    中学 Middle School
    小学 Primary School
    幼儿园 Kindergarten
    学校 School
    疾控中心|疾病预防控制中心 Centre for Disease Control
    急救中心 Emergency Medical Centre
    接种点|疫苗接种点|预防接种门诊|接种门诊 Vaccination Point
    巡诊点|流动巡诊点|巡回医疗点 Mobile Clinic Stop
    巡诊车 Mobile Clinic
    卫生健康局|卫健局|卫生局 Health Bureau
    卫生健康委|卫生健康委员会|卫健委 Health Commission
    新冠肺炎疫情防控指挥部|疫情防控指挥部|疫情防控工作领导小组 Epidemic Control Headquarters
    办公室 Office
    政府|人民政府 Government
    镇政府|乡政府 Township Government
    村村委会|村委会|村民委员会|村委 Village Committee
    派出所 Police Station
    交警队 Traffic Police
    邮局 Post Office
    超市 Supermarket
    市场|农贸市场|集贸市场 Market
    车站|汽车站|客运站 Bus Station
    火车站 Railway Station
    加油站 Petrol Station
    公园 Park
    宾馆|酒店 Hotel
    敬老院|养老院 Home for the Aged
    银行 Bank
    一期 Phase 1
    二期 Phase 2
    一院 No. 1 Hospital
    二院 No. 2 Hospital
    三院 No. 3 Hospital
    家庭医生团队|家庭医生 Family Doctor Team
    团队 Team
""")
"""What stands for itself, wherever it comes in a name or an address."""

BESIDE: Final = _table("""
    对面|对过 opposite
    旁|旁边|旁侧 beside
    附近|近旁 nearby
    隔壁|紧邻 next door
    院内|内|里面 inside
    门口|大门口 at the gate
    后面|后院|后 behind
    前面|前 in front
    路口|十字路口|交叉口|交叉路口|交汇处|交会处|交界处|丁字路口 crossroads
    中段 middle section
    北端 north end
    南端 south end
    东端 east end
    西端 west end
    东段 east section
    西段 west section
    南段 south section
    北段 north section
    东头|东首|路东|街东|村东|东侧|东边|以东|东面 east side
    西头|西首|路西|街西|村西|西侧|西边|以西|西面 west side
    南头|南首|路南|街南|村南|南侧|南边|以南|南面 south side
    北头|北首|路北|街北|村北|北侧|北边|以北|北面 north side
    向东|往东|东行 eastwards
    向西|往西|西行 westwards
    向南|往南|南行 southwards
    向北|往北|北行 northwards
    左拐 turn left
    右拐 turn right
    左侧 left
    右侧 right
    东南角 southeast corner
    西南角 southwest corner
    东北角 northeast corner
    西北角 northwest corner
""")
"""Where something lies, seen from what was named before it."""

PHRASES: Final = _table("""
    周一|星期一|礼拜一 Mon
    周二|星期二|礼拜二 Tue
    周三|星期三|礼拜三 Wed
    周四|星期四|礼拜四 Thu
    周五|星期五|礼拜五 Fri
    周六|星期六|礼拜六 Sat
    周日|周天|星期日|星期天|礼拜天 Sun
    周末|双休日 weekends
    工作日 working days
    平日 weekdays
    至|到 to
    和|及|与 and
    或 or
    每天|每日|天天 daily
    每周 every week
    全天 all day
    小时 hours
    24小时 24 hours
    昼夜 day and night
    全年无休|无休|常年 all year round
    节假日|法定节假日|公休日 public holidays
    节假日除外 not on public holidays
    节假日照常 also on public holidays
    节假日不休|节假日不休息 also on public holidays
    节假日休息|法定节假日休息 closed on public holidays
    休息|休诊|停诊|不开诊 closed
    照常 as usual
    春节 Spring Festival
    元旦 New Year
    国庆 National Day
    调休 adjusted working days
    午休 midday break
    中午不休|午间不休|中午不休息 open at noon
    中午 noon
    上午 morning
    下午 afternoon
    早上|早 morning
    早晚 morning and evening
    晚上|晚 evening
    夜间|夜里|夜班|夜晚 at night
    白天|日间|白班 by day
    开诊|开门|接诊|门诊|看诊 open
    开诊时间|时间 hours
    夏季|夏令时 summer
    冬季|冬令时 winter
    次日 next day
    起 onwards
    自 from
    值班 on duty
    值班室|值班电话 duty room
    值班医生 doctor on duty
    办公室 office
    门卫|传达室 gatehouse
    护士站 nurses' station
    护士 nurse
    医生|大夫 doctor
    村医 village doctor
    院长 director
    急诊|急诊科|急诊室 emergency
    发热门诊 fever clinic
    发热诊室|哨点诊室 fever room
    发热 fever
    预检分诊|分诊|预检分诊台|分诊台 triage
    导诊台|导医台|服务台 information desk
    挂号|挂号处|挂号室 registration
    儿科|小儿科 paediatrics
    成人|成年人|大人 adults
    儿童|小儿|孩子|患儿 children
    老人|老年人|老年 elderly
    孕妇|孕产妇 pregnant women
    妇科|妇产科 gynaecology
    内科 internal medicine
    感染科 infectious diseases
    仅限|仅|只 only
    全部|所有|不限|全人群|全部人群|所有人群|全年龄段 everyone
    患者|病人 patients
    人群|人员 people
    本村|本村村民 this village
    村民 villagers
    居民 residents
    预约 booking
    预约电话 booking
    咨询|咨询电话 enquiries
    总机 switchboard
    手机 mobile
    固话|座机 landline
    电话 phone
    前台 reception
    药房 pharmacy
    住院部 inpatients
    紧急|应急 emergencies
    备用 second number
    传真 fax
    新号 new number
    热线 hotline
    收治|服务 for
    转 ext.
    来院前请先打电话|请先打电话|先打电话 phone first
""")
"""What notes are made of: hours, whom a site serves, what a phone is."""
