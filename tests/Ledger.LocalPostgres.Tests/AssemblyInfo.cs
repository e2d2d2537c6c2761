// Each starts clusters.
[assembly: AssemblyTrait("Category", "Slow")]
