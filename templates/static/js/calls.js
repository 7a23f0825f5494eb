// The page of the API: the viewer over this server's own document. Calls that are tried go with the session of the page.
const place = document.getElementById("api-viewer");

// The viewer's own layout repeats what the page says, with a second <main> in it: here are its filter and its list of calls.
const layout = ({ React }) => ({
  components: {
    Calls({ getComponent, specSelectors }) {
      const parts = ["SvgAssets", "FilterContainer", "operations"].map((name) => getComponent(name, name !== "SvgAssets"));
      const loaded = specSelectors.loadingStatus() === "success";
      return React.createElement("div", { className: "swagger-ui" }, ...(loaded ? parts : []).map((part) => React.createElement(part)));
    },
  },
});

SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [layout],
  layout: "Calls",
  docExpansion: "none",
  deepLinking: true,
  displayRequestDuration: true,
  filter: true,
  validatorUrl: null,
});
