// Draws the reference of the API with Swagger UI, from the description that this server gives.
const answer = await fetch('/openapi/v1.json');
const description = await answer.json();

// HEAD answers as GET does: shown once. Requests go to where this page came from, whatever name the server knows itself by.
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
