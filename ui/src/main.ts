import "./base/tokens.css";
import "./base/page.css";

import { mount } from "svelte";

import Workbench from "./apps/Workbench.svelte";

const target = document.getElementById("page");
if (target === null) throw new Error("index.html has no element #page");
mount(Workbench, { target });
