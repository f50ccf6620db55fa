/** Where the page begins. */

import "leaflet/dist/leaflet.css";
import "uplot/dist/uPlot.min.css";
import "./styles/main.css";
import { render } from "preact";
import { App } from "./app.tsx";
import { startTheme } from "./theme.ts";

startTheme();
const root = document.getElementById("app");
if (root !== null) render(<App />, root);
