using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Server.Tests;

/// <summary>The catalogue of events in the documentation is made from the code; when the two differ, the test fails and says how to write it again.</summary>
public class EventCatalogueTests
{
    private const string Rewrite = "LEDGER_WRITE_DOCS";

    [Fact]
    public void The_catalogue_of_events_is_the_one_that_the_code_makes()
    {
        var path = StoryPageTests.DocumentPath("events.md");
        var made = EventCatalogue.Markdown();
        if (Environment.GetEnvironmentVariable(Rewrite) == "1")
        {
            File.WriteAllText(path, made);
        }

        (File.ReadAllText(path) == made).ShouldBeTrue($"docs/events.md is stale: run this test with {Rewrite}=1 and commit what it writes.");
    }

    [Fact]
    public void Every_type_of_event_has_an_example_that_reads_back()
    {
        foreach (var (name, type) in EventTypes.All)
        {
            var example = EventCatalogue.Example(type);
            EventTypes.NameOf(example).ShouldBe(name);
            var json = EventTypes.Serialize(example);
            JsonElement.DeepEquals(JsonElement.Parse(EventTypes.Serialize(EventTypes.Deserialize(name, json))), JsonElement.Parse(json)).ShouldBeTrue(name);
        }
    }
}
