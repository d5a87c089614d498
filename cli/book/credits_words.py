"""What the page of credits says, other than what the declarations do."""

from data_catalog.text import Text

__all__ = ["CREDITS", "PROJECT"]

PROJECT = Text(
    """pools = ["dead_wood"]                 # 可选碳库；必须计入的总是计入
[facts]                               # 对全部宗地成立的事实
start_date = 2016-03-01
crediting_from = 2016-03-01           # 计入期，左闭右开
crediting_to = 2046-03-01
[parcels]
path = "parcels.csv"                  # parcel_id 与各宗地的事实；空白为未知
ids = ["L-001"]                       # 项目自己的宗地（运行中还有其他宗地时）
[parameters]
rows = "rows.csv"                     # parameter、value、units、source（可有 se）
[baseline]                            # 或在 rows.csv 中给出 baseline_removal
path = "baseline.csv"                 # parcel_id、year_from、year_to、tCO2e（可有 se_tCO2e）
[leakage]
path = "leakage.csv"                  # 同样的列；排放为正
[emissions]
path = "fires.csv"                    # 项目自身的排放
[displaced]                           # AR-TOOL15
area_ha = 0
[rotation]                            # 采伐的人工林：长期平均的轮伐期（各年末）
year_from = 2020
year_to = 2045
[risks]                               # CAR、ARB
fire = 0.04
[[issued]]                            # 登记机构已签发的年份
vintage_from = 2016-03-01
serial_from = 1
""",
    """pools = ["dead_wood"]                 # optional pools; those that are required always count
[facts]                               # true of every parcel
start_date = 2016-03-01
crediting_from = 2016-03-01           # the crediting period, half-open
crediting_to = 2046-03-01
[parcels]
path = "parcels.csv"                  # parcel_id and facts of each parcel; empty is not known
ids = ["L-001"]                       # the project's own parcels, where the run has more
[parameters]
rows = "rows.csv"                     # parameter, value, units, source (and se)
[baseline]                            # or a row baseline_removal in rows.csv
path = "baseline.csv"                 # parcel_id, year_from, year_to, tCO2e (and se_tCO2e)
[leakage]
path = "leakage.csv"                  # the same columns; emissions are positive
[emissions]
path = "fires.csv"                    # what the project itself emits
[displaced]                           # AR-TOOL15
area_ha = 0
[rotation]                            # plantations: years (ends) of the long-term average
year_from = 2020
year_to = 2045
[risks]                               # CAR, ARB
fire = 0.04
[[issued]]                            # vintages that a registry has issued
vintage_from = 2016-03-01
serial_from = 1
""",
)
CREDITS = {
    "heading": Text("碳信用：方法学、扣减与年份", "Credits: methodologies, deductions, vintages"),
    "intro": Text(
        "`gep sinks credits 路径 --methodology 方法学 --project 事实.toml --out 文件夹` 由碳"
        "储量变化"
        "得到可签发量。路径为运行文件夹（已监测）、`gep sinks grow --out` 的储量路径（事前）"
        "，或变化表"
        "（parcel_id、year_from、year_to、pool、change_tC、se_tC）。方法学是数据："
        "`gep sinks credits --list`、`--show`。未知的参数逐项指出名称并停止，不作猜测；凭记忆"
        "的规则使"
        "结果为暂定。取舍的理由见 docs/decisions/0015-credits.md。",
        "`gep sinks credits PATH --methodology ID --project facts.toml --out DIR` goes from "
        "a change "
        "of carbon to what may be issued. PATH is a run folder (monitored), the paths of "
        "`gep sinks grow --out` (ex ante), or a table of changes (parcel_id, year_from, year_to, "
        "pool, change_tC, se_tC). Methodologies are data: `gep sinks credits --list` and `--show`. "
        "A parameter that is not known stops by name, nothing is guessed; rules that are recalled "
        "make the result provisional. Why it is as it is: "
        "docs/decisions/0015-credits.md.",
    ),
    "project": Text("项目的事实", "The facts of a project"),
    "project_intro": Text(
        "每一项都可以不写；需要而没有的会说明。NPRT 的答案写在 `[nprt]`，条目见[下表](#nprt)。",
        "Every entry may be left out; what is needed and not there is said. Answers to the risk "
        "tool stand in `[nprt]`, by the items [below](#nprt).",
    ),
    "waterfall": Text("从毛移除量到可签发量", "From gross removal to what may be issued"),
    "waterfall_intro": Text(
        "先估计，再按不确定性扣减，再提缓冲：`max(0, ΔC (1 − d)) (1 − b)`。各步带符号，逐年份"
        "及合计精确"
        "相加；储量从不改动。损失结转：先弥补，再计入。",
        "First the estimate, then its uncertainty, then the buffer: `max(0, dC (1 - d)) (1 - b)`. "
        "Steps are signed and add up exactly, in each vintage and in all; stocks are never "
        "changed. "
        "A loss is carried: it is made up for before anything more is claimed.",
    ),
    "vintages": Text(
        "`vintages.csv`、`vintages.parquet`：每个宗地每个年份一行，年份左闭右开。宗地按自身的"
        "净移除量"
        "分得，损失的宗地为 0。`errors.parquet` 保存扣减前净变化按来源的误差，供任意宗地组合"
        "求下限。",
        "`vintages.csv` and `vintages.parquet` have a row per parcel and vintage, half-open. "
        "Parcels "
        "share by their own net removal, those that lost get 0. `errors.parquet` keeps what "
        "the net "
        "changes before deductions err by, source by source: the bound of any portfolio of parcels "
        "follows from it.",
    ),
    "methodologies": Text("方法学", "Methodologies"),
    "deductions": Text("公式", "Equations"),
    "product": Text("缓冲：各项风险的乘积（CAR、ARB）", "Buffer of several risks (CAR, ARB)"),
    "risk": Text("VCS 非持久性风险工具 v4.2", "VCS non-permanence risk tool 4.2"),
    "risk_intro": Text(
        "内部 = PM + FV + OC + PL，外部 = LT + SE + PC，自然 = Σ(LS·M) × 气候系数；各表不小于 0。"
        "PL：具 100 年以上法律协议为 0，否则 25 − L/4（有法律协议）或 25 − L/5。总评级向上取"
        "整，不低于 12%；"
        "内部超过 35、外部超过 20、自然超过 35 或总评级超过 60 不通过。",
        "Internal is PM + FV + OC + PL, external LT + SE + PC, natural the sum of LS M times the "
        "climate factor; no table is below 0. PL is 0 with a legal agreement of 100 years, else "
        "25 - L/4 with an agreement and 25 - L/5 without. The rating is rounded up and at least "
        "12 %; a project fails above 35 (internal), 20 (external), 35 (natural) or 60 (overall).",
    ),
    "facts": Text("事实", "Facts"),
    "unknown": Text("我们不知道的：{}。", "What is not known: {}."),
    "column": Text("列", "column"), "meaning": Text("含义", "meaning"),
    "id": Text("编号", "id"), "title": Text("名称", "title"), "known": Text("状态", "known"),
    "permanence": Text("非持久性", "permanence"), "term": Text("项", "term"),
    "rule": Text("规定", "rule"), "eligibility": Text("合格条件", "rule of eligibility"),
    "source": Text("来源", "source"), "parameter": Text("参数", "parameter"),
    "key": Text("键", "key"), "value": Text("值", "value"), "units": Text("单位", "units"),
    "grade": Text("等级", "grade"), "table": Text("表", "table"), "item": Text("条目", "item"),
    "score": Text("得分", "score"), "fails": Text("不通过", "fails"),
    "fact": Text("事实", "fact"), "kind": Text("类型", "kind"), "a_number": Text("数", "number"),
    "a_flag": Text("是否", "yes or no"), "a_text": Text("文字", "text"),
    "a_date": Text("日期", "date"),
}  # fmt: skip
