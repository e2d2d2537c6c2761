// Shows the API reference with Swagger UI, from this server's own OpenAPI description.
const answer = await fetch('/openapi/v1.json');
const description = await answer.json();

// HEAD works like GET, so only GET is shown. Requests go to the address of this page, because the server may know itself by another name.
for (const path of Object.values(description.paths)) {
  delete path.head;
}
description.servers = [{ url: location.origin }];

SwaggerUIBundle({
  spec: description,
  dom_id: '#reference',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  docExpansion: 'list',
  layout: 'BaseLayout',
  presets: [SwaggerUIBundle.presets.apis],
  validatorUrl: null,
});
