const en = { title: "States of the screens", console: "Console", components: "components", samples: "Sample data", leave: "Leave" };

const zh: typeof en = { title: "界面状态", console: "控制台", components: "组件", samples: "示例数据", leave: "退出" };

export const texts = { en, zh };
