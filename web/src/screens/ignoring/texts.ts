const en = {
  add: "New rule",
  cancel: "Cancel",
  save: "Save",
  saved: "Saved",
  key: "Vulnerability",
  where: "Machines",
  package: "Package",
  why: "Reason",
  until: "Until",
  scopes: { all: "All", chosen: "Only these", except: "All but these", tagged: "With a tag" },
  tags: "Tags",
  packageHint: "Only where this package brings it; empty: any",
  untilHint: "In the time zone of the server; empty: no end",
  findMachine: "Add a machine: host name or address",
  noMatch: "No machine meets this.",
  more: (n: string) => `${n} more: type more of the name`,
};

const zh: typeof en = {
  add: "新建规则",
  cancel: "取消",
  save: "保存",
  saved: "已保存",
  key: "漏洞",
  where: "主机",
  package: "软件包",
  why: "原因",
  until: "有效期至",
  scopes: { all: "全部", chosen: "仅这些", except: "除这些以外", tagged: "带有标签" },
  tags: "标签",
  packageHint: "仅当由该软件包引入时；留空表示任意",
  untilHint: "按服务器时区；留空表示永久",
  findMachine: "添加主机：主机名或 IP",
  noMatch: "没有符合条件的主机。",
  more: (n) => `另有 ${n} 台：请输入更多字符`,
};

export const texts = { en, zh };
