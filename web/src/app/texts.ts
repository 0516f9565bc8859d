import type { Section } from "./routes";

const sections = {
  overview: "Overview", tasks: "Scan tasks", schedules: "Schedules", machines: "Machines", vulns: "Vulnerabilities", explorer: "API Explorer", settings: "Settings",
} satisfies Record<Exclude<Section, "none">, string>;

const en = {
  sections,
  skip: "Skip to the content",
  navigation: "Main",
  fold: "Fold the navigation",
  unfold: "Unfold the navigation",
  openMenu: "Open the navigation",
  search: "Search or go to ...",
  scans: (n: number) => (n === 1 ? "1 scan" : `${n} scans`),
  runningTitle: "Running scans",
  newScan: "New scan",
  language: "Language",
  theme: "Theme",
  themes: { auto: "As the system", light: "Light", dark: "Dark" },
  account: (user: string) => `Signed in as ${user}`,
  mySettings: "Password and second factor",
  shortcuts: "Keyboard shortcuts",
  signOut: "Sign out",
  stale: "No live updates at the moment. Figures are read every 3 s until the connection is back.",
  nothingHere: "There is no such page",
  nothingHereText: "The address is mistyped, or what was there is gone.",
  toOverview: "To the overview",
};

const zh: typeof en = {
  sections: { overview: "概览", tasks: "扫描任务", schedules: "定时扫描", machines: "主机列表", vulns: "漏洞", explorer: "API Explorer", settings: "设置" },
  skip: "跳到正文",
  navigation: "主导航",
  fold: "收起导航",
  unfold: "展开导航",
  openMenu: "打开导航",
  search: "搜索或跳转 ...",
  scans: (n) => `${n} 个扫描`,
  runningTitle: "进行中的扫描",
  newScan: "新建扫描",
  language: "语言",
  theme: "主题",
  themes: { auto: "跟随系统", light: "浅色", dark: "深色" },
  account: (user) => `当前用户：${user}`,
  mySettings: "密码与两步验证",
  shortcuts: "键盘快捷键",
  signOut: "退出登录",
  stale: "实时更新已中断，恢复之前每 3 秒读取一次数据。",
  nothingHere: "页面不存在",
  nothingHereText: "地址可能有误，或内容已被移除。",
  toOverview: "返回概览",
};

export const texts = { en, zh };

/** Names of the modules, as every screen writes them. */
export const moduleTexts = {
  en: { Vul: "Vulnerabilities", Malware: "Malware", Baseline: "Baseline" },
  zh: { Vul: "漏洞", Malware: "恶意文件", Baseline: "基线" },
};
