import "./base/styles/tokens.css";
import "./base/styles/reset.css";
import "./base/styles/shell.css";
import "./base/styles/controls.css";
import "./base/styles/tabs.css";
import "./base/styles/tree.css";
import "./base/styles/document.css";
import "./base/styles/notices.css";
import "./base/styles/floating.css";
import "./base/styles/touch.css";

import { mount } from "svelte";

import Workbench from "./apps/Workbench.svelte";
import { sayWhatIsCut } from "./base/whole";

const target = document.getElementById("page");
if (target === null) throw new Error("index.html has no element #page");
document.addEventListener("pointerover", sayWhatIsCut, { passive: true });
mount(Workbench, { target });
