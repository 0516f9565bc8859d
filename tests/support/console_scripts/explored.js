// Whether the Explorer shows this action with its form and a mock.
(name) => document.querySelector(".ex-head h2")?.textContent === name && document.querySelector("form.ex-form") && document.querySelector(".hw-json")
