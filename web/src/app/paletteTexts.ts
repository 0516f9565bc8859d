import { texts as frame } from "./texts";

const en = {
  sections: frame.en.sections,
  search: frame.en.search,
  newScan: frame.en.newScan,
  shortcuts: frame.en.shortcuts,
  palette: "Go to",
  nothingFound: "Nothing found.",
  kinds: { page: "Page", scan: "Scan", vulnerability: "Vulnerability", machine: "Machine", task: "Task", action: "API action" },
  startScan: (module: string) => `Start a scan: ${module}`,
  singleKeys: "Single-key shortcuts",
  singleKeysHint: "Off: only those with Ctrl or Cmd are heard.",
  keys: {
    palette: "Search, go anywhere", help: "This sheet", go: "Go to", newScan: "New scan", filter: "Search in the list", rows: "Next and previous row",
    open: "Open the row", close: "Close", select: "Select the row", menu: "Menu of the row",
  },
};

const zh: typeof en = {
  sections: frame.zh.sections,
  search: frame.zh.search,
  newScan: frame.zh.newScan,
  shortcuts: frame.zh.shortcuts,
  palette: "跳转",
  nothingFound: "没有找到。",
  kinds: { page: "页面", scan: "扫描", vulnerability: "漏洞", machine: "主机", task: "任务", action: "API 接口" },
  startScan: (module) => `发起扫描：${module}`,
  singleKeys: "单键快捷键",
  singleKeysHint: "关闭后仅响应带 Ctrl 或 Cmd 的快捷键。",
  keys: {
    palette: "搜索与跳转", help: "快捷键列表", go: "前往", newScan: "新建扫描", filter: "在列表中搜索", rows: "下一行与上一行",
    open: "打开所在行", close: "关闭", select: "选择所在行", menu: "所在行的菜单",
  },
};

/** Words of the palette and of the sheet of keys. */
export const texts = { en, zh };
