"""What the book says itself, in both languages."""

from data_catalog.text import Text

__all__ = ["DYNAMICS", "GRID_INPUTS", "HEAD", "SIGNS", "SPREADS", "VALUATION", "WORDS"]

WORDS = {
    "services": Text("服务手册", "The services"),
    "standards": Text("标准手册", "The standards"),
    "layers": Text("可以推算的图层", "Layers that can be modelled"),
    "up_services": Text("全部服务", "all services"),
    "up_standards": Text("全部标准", "all standards"),
    "amount_of": Text("{group}。功能量：{physical}，汇总单位 {units}。在文件与命令中写作 `{id}`。",
                      "A {group} service. Its amount: {physical}, summed in {units}. Called `{id}` "
                      "in files and commands."),
    "items": Text("分项核算：{}。", "Kept apart by: {}."),
    "disputed": Text("来源分歧的价格", "Prices for which sources disagree"),
    "by_standards": Text("各标准如何核算", "Under which standards"),
    "left_out_by": Text("不核算它的标准：{}。", "Left out by: {}."),
    "not_known_of": Text("是否核算尚不清楚的标准：{}。", "Not known whether they have it: {}."),
    "amounts": Text("功能量", "The amount"),
    "values": Text("价值量", "The value"),
    "parameters": Text("参数", "Parameters"),
    "sources": Text("来源", "Sources"),
    "reference": Text("出处：{}。", "After {}."),
    "place": Text("{source}，{where}", "{source}, {where}"),
    "method": Text("类别：{}。", "Method: {}."),
    "item": Text("分项：{}。", "Item: {}."),
    "rows_of": Text("逐行计算表 `{}`（{}）。", "Worked out on each row of the table `{}` ({})."),
    "by_pixel": Text("逐像元计算。", "Worked out on each pixel."),
    "from_layer": Text("图层 `{}`", "layer `{}`"),
    "or_modelled": Text("图层 `{}`，没有时可以[推算]({})", "layer `{}`, or [modelled]({})"),
    "from_column": Text("表 `{table}` 的列 `{name}`", "column `{name}` of the table `{table}`"),
    "from_amount": Text("上面的功能量", "the amount above"),
    "from_grid": Text("网格或日历", "the grid or the calendar"),
    "from_parameter": Text("参数 {parameter}{by}", "parameter {parameter}{by}"),
    "by_ecosystem": Text("，按生态系统", ", by ecosystem"),
    "by_column": Text("，按 `{}` 列", ", by the column `{}`"),
    "coefficients": Text("公式的系数", "coefficients of the equation"),
    "supposed": Text("{}（假设）", "{} (supposed)"),
    "of_set": Text("{}（`{}`）", "{} (`{}`)"),
    "by_hand_pixel": Text("**手算**{key}：每像元得 {result}；一公顷得 **{total}**。",
                          "**By hand**{key}: a pixel gives {result}; a hectare gives **{total}**."),
    "by_hand_row": Text("**手算**{key}：得 **{total}**。",
                        "**By hand**{key}: it gives **{total}**."),
    "by_hand_value": Text("**手算**{key}：上例 {of} 的功能量值 **{total}**。",
                          "**By hand**{key}: the amount of the example of {of} is worth "
                          "**{total}**."),
    "by_hand_one": Text("**手算**{key}：功能量取 1（{of} 的例子为 0），值 **{total}**。",
                        "**By hand**{key}: an amount of 1 (the example of {of} gives 0) is worth "
                        "**{total}**."),
    "for_key": Text("（{}）", " ({})"),
    "supposed_note": Text("标“假设”的数没有读到任何来源，只为演算，不是默认值。",
                          "Numbers that are supposed have no source that was read; they serve the "
                          "arithmetic alone and are no defaults."),
    "note": Text("**说明**：{}", "**Note.** {}"),
    "used_by": Text("用于：{}。", "Read by {}."),
    "no_rows": Text("没有读到给出它的来源：须在项目的 `[tables] parameters` 中补充一行，"
                    "否则不予核算。",
                    "No source that was read gives it: without a row of one's own in `[tables] "
                    "parameters` what needs it is not computed."),
    "read_by": Text("用于：{}，单位 {}。", "Read by {}, in {}."),
    "english": Text("出处的位置与备注照录参数表，为英文。", ""),
    "modelled_as": Text("**推算方法**：{}（`{}`）", "**{}** (`{}`)"),
    "coarsest": Text("所用图层的像元不得大于 {}。", "Its source may have cells of at most {}."),
    "on_request": Text("仅在指定时使用。", "Used on request alone."),
    "needed_by": Text("用到它的：{}。", "Needed by {}."),
    "layers_intro": Text("项目没有给出某个图层时，按下列顺序取第一个输入齐备的方法推算，"
                         "并在账户中注明。",
                         "Where a project gives no layer of a variable, it is made by the first of "
                         "these whose inputs are at hand, and the account says so."),
    "id": Text("在文件与命令中写作 `{}`。", "Called `{}` in files and commands."),
    "level": Text("层级：{level}；{state}。我们所知：{known}。",
                  "Level: {level}; {state}. What we know of it: {known}."),
    "own": Text("本项目自定的方案，不在标准登记表中。", "A profile of one's own, in no registry."),
    "default_set": Text("默认参数集：`{}`。", "Default set of parameters: `{}`."),
    "outside": Text("总值中减去来自区域外的生态产品。",
                    "Products from outside the region are subtracted from the total."),
    "what_it_counts": Text("核算什么", "What it accounts for"),
    "does_not": Text("不核算：{}。", "Left out: {}."),
    "does_not_know": Text("是否核算尚不清楚：{}。", "Not known whether it has: {}."),
    "service_notes": Text("各项服务的说明与参数集", "Notes and sets, service by service"),
    "sets": Text("参数集：{}。", "Sets: {}."),
    "read_parameters": Text("所用参数及其级别", "The parameters it reads, and their grades"),
    "all_grades": Text("参数行合计：{}。", "Rows in all: {}."),
    "stops": Text("因缺参数行而不能核算的", "What stops for lack of rows"),
    "nothing_stops": Text("没有。", "Nothing."),
    "stops_intro": Text("随附的参数表中没有下列各行；在项目的 `[tables] parameters` 中补充之前，"
                        "相应部分列为“未核算”并说明原因。",
                        "The bundled tables lack these rows. Until a project adds them in "
                        "`[tables] parameters`, what needs them is listed as not computed, with "
                        "the reason."),
    "all_classes": Text("全部", "all"),
    "services_intro": Text("每项服务一页：方法、公式、符号与单位、参数行及来源、手算例。"
                           "由声明生成（`make docs`），与程序所用的是同一份声明。",
                           "A page per service: variants, equations, symbols and units, parameter "
                           "rows with their sources, examples by hand. Made from the declarations "
                           "that the program runs on (`make docs`)."),
    "standards_intro": Text("每个标准一页：核算哪些服务、用什么方法与参数、缺什么。",
                            "A page per standard: which services, by which variants and sets, and "
                            "what it lacks."),
    "legend": Text("● 计入总值；○ 只核算功能量；– 不核算；? 不清楚。",
                   "● in the total; ○ its amount alone; – left out; ? not known."),
    "without_profile": Text("没有方案的规范", "Norms without a profile"),
    "see_layers": Text("[可以推算的图层]({})", "[Layers that can be modelled]({})"),
}  # fmt: skip
HEAD = {
    "symbol": Text("符号", "symbol"),
    "input": Text("输入", "input"),
    "units": Text("单位", "units"),
    "from": Text("取自", "from"),
    "example": Text("手算例", "by hand"),
    "standard": Text("标准", "standard"),
    "amount": Text("功能量", "amount"),
    "variants": Text("功能量方法", "amount"),
    "classes": Text("生态系统", "ecosystems"),
    "spread": Text("分摊", "shared out"),
    "valuations": Text("价值量方法", "value"),
    "place": Text("处理", "what it does"),
    "known": Text("依据", "how we know"),
    "set": Text("参数集", "set"),
    "key": Text("类型或系数", "class or coefficient"),
    "value": Text("数值", "value"),
    "se": Text("标准误", "std. error"),
    "range": Text("范围", "range"),
    "region": Text("地区", "place"),
    "year": Text("年份", "year"),
    "source": Text("来源", "source"),
    "grade": Text("级别", "grade"),
    "note": Text("备注", "note"),
    "service": Text("服务", "service"),
    "parameter": Text("参数", "parameter"),
    "grades": Text("参数行", "rows by grade"),
    "missing": Text("缺少的参数", "parameters without a row"),
    "for": Text("用于", "for"),
    "title": Text("名称", "title"),
    "level": Text("层级", "level"),
    "state": Text("效力", "state"),
}
SIGNS = {"counted": "●", "amount": "○", "left out": "–", "not known": "?"}
"""What a standard does with a service, in a table of all of them."""
SPREADS = {
    "area": Text("按面积", "by area"),
    "npp": Text("按 NPP", "by NPP"),
    "none": Text("不分摊", "not shared out"),
}
GRID_INPUTS = {
    "cell_width": Text("像元东西向宽度", "width of a cell"),
    "cell_height": Text("像元南北向高度", "height of a cell"),
    "cell_size": Text("像元边长", "size of a cell"),
    "latitude": Text("纬度", "latitude"),
    "month": Text("月份", "month of the band"),
    "days": Text("天数", "days of the band"),
    "day_of_year": Text("年积日", "day of the year"),
}
DYNAMICS = {
    "title": Text("森林碳的流动", "How forest carbon moves"),
    "intro": Text(
        "森林碳如何增减与转移：生长与损失、土地转变、枯死木与枯落物、土壤、林火、采伐与林产品，"
        "以及逐年模拟全部碳库的林分。公式取自 IPCC 2006 第 4 卷；吸收（储量增加）为正。"
        "没有来源的参数没有数值：需要它的计算停止并指出参数名。",
        "How forest carbon grows, is lost and moves: growth and loss, conversion, dead wood and "
        "litter, soil, fire, harvest and products, and a stand whose pools are all simulated year "
        "by year. Equations are those of IPCC 2006, volume 4; a gain of stock is positive. A "
        "parameter without a source has no number: what needs it stops and names it.",
    ),
    "gives": Text("结果单位：{}。", "It gives {}."),
    "given": Text("输入 `{}`", "given as `{}`"),
    "stand_title": Text("林分：逐年模拟全部碳库", "A stand: all pools, year by year"),
    "stand_intro": Text(
        "碳库与流动取自加拿大森林碳收支模型 CBM-CFS3（cbm_exn：自备净生长量）。其分解、周转与干扰"
        "参数是加拿大的，没有读到针对中国的校准。根量由地上部分按根方程推算。",
        "Pools and flows are those of the Canadian forest carbon budget model CBM-CFS3 (cbm_exn, "
        "with a stand's own net increments). Its rates of decay, turnover and disturbance are "
        "Canadian: no calibration for China was found. Roots follow the shoots by the root "
        "equation.",
    ),
    "pool": Text("碳库", "pool"),
    "counts_as": Text("计入账户碳库", "counts as"),
    "year": Text("一年中的顺序", "A year, in its order"),
    "year_intro": Text(
        "年初先发生干扰（采伐、林火：各碳库按份额转移，其余不动），然后依次如下；年末计算林产品的"
        "分解。",
        "Disturbances come first (harvest, fire: a share of each pool moves, the rest stays), then "
        "these steps; at the end of the year products decay.",
    ),
    "step": Text("步骤", "step"),
    "from_pool": Text("流出", "from"),
    "to_pool": Text("流入", "to"),
    "air": Text("大气", "the air"),
    "balance": Text(
        "每年全部碳库之和的变化 = 输入（净生长与被补足的周转）− 分解 − 干扰排放的气体 − "
        "林产品分解，相对误差不超过 1e-9；任何碳库都不会小于 0。",
        "Every year the change of all pools together is input (net growth, and turnover that "
        "growth replaces) less decay, gases of disturbances and decay of products, to 1e-9 of what "
        "there is. No pool is ever below zero.",
    ),
    "oracle": Text(
        "同样的生长量、分解与干扰下，与 libcbm 2.10.2 相比，100 年内各碳库相差不超过千分之一。",
        "On the same increments, decay and disturbances every pool agrees with libcbm 2.10.2 "
        "within 0.1 % over 100 years.",
    ),
}
VALUATION = {
    "title": Text("碳汇估值的公式、价格与参数行", "Equations, prices and rows of the valuation"),
    "intro": Text(
        "`gep value` 所用的全部公式、价格行与参数行。怎样用它们估值、什么不重复扣减、什么没有找到，"
        "见估值说明（valuation.zh.md）。年数按政策的计日方法；利率每年复利一次。",
        "All equations, dated prices and parameter rows of `gep value`. How a value is made of "
        "them, what is never taken off twice and what was not found is told in valuation.md. Years "
        "are those of the policy's day count; rates are compounded once a year.",
    ),
    "forest": Text("林木与补偿收益", "Timber and compensation income"),
    "processes": Text("价格的随机过程", "Random prices"),
    "prices": Text("价格行（元/t CO₂e）", "Dated prices (CNY/t CO₂e)"),
    "market": Text("市场", "market"),
    "days": Text("日期", "days"),
    "price": Text("价格", "price"),
    "range": Text("最低 … 最高", "lowest … highest"),
    "sold": Text("成交 / 挂牌（t）", "sold / listed (t)"),
}
