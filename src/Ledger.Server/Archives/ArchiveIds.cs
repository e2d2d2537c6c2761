using System.Text.Json.Nodes;
using Ledger.Formats;

namespace Ledger.Server;

/// <summary>Replaces the ids that a reader made with the ids under which the ledger knows the same things.</summary>
internal static class ArchiveIds
{
    /// <summary>The command with each of the ids replaced, wherever it stands. The ids are hashes, so no other text equals one by chance.</summary>
    internal static ArchiveCommand Replace(ArchiveCommand command, IReadOnlyDictionary<string, string> ids)
    {
        if (ids.All(i => i.Key == i.Value))
        {
            return command;
        }

        var body = command.Body.DeepClone().AsObject();
        ReplaceIn(body, ids);
        return command with
        {
            Target = command.Target is { } target ? ids.GetValueOrDefault(target, target) : null,
            Body = body,
            WithdrawsOpen = command.WithdrawsOpen is { } open ? open with { Assertion = ids.GetValueOrDefault(open.Assertion, open.Assertion) } : null,
        };
    }

    /// <summary>
    /// If the ledger has a source already, its publisher there replaces the one that the record names. The ledger knows who publishes the source and
    /// takes notices on it from that party only.
    /// </summary>
    internal static void TakePublisher(List<ArchiveCommand> commands, Func<string, string?> publisherOf)
    {
        foreach (var source in commands.Where(c => c is { Command: "registerSource", IfAbsent: true }).ToList())
        {
            if ((string?)source.Body["publisher"] is not { } named || publisherOf((string)source.Body["id"]!) is not { } publisher || publisher == named)
            {
                continue;
            }

            for (var i = 0; i < commands.Count; i++)
            {
                if ((string?)commands[i].Body["publisher"] == named)
                {
                    var body = commands[i].Body.DeepClone().AsObject();
                    body["publisher"] = publisher;
                    commands[i] = commands[i] with { Body = body };
                }
            }

            commands.RemoveAll(c => c is { Command: "recordParty", IfAbsent: true } && (string?)c.Body["id"] == named && !commands.Any(o => o != c && Mentions(o.Body, named)));
        }
    }

    private static bool Mentions(JsonNode? node, string id) => node switch
    {
        JsonObject o => o.Any(m => Mentions(m.Value, id)),
        JsonArray a => a.Any(i => Mentions(i, id)),
        JsonValue v => v.TryGetValue<string>(out var text) && text == id,
        _ => false,
    };

    private static void ReplaceIn(JsonNode node, IReadOnlyDictionary<string, string> ids)
    {
        if (node is JsonObject o)
        {
            foreach (var (name, value) in o.ToList())
            {
                if (Replaced(value, ids) is { } id)
                {
                    o[name] = id;
                }
            }
        }
        else if (node is JsonArray a)
        {
            for (var i = 0; i < a.Count; i++)
            {
                if (Replaced(a[i], ids) is { } id)
                {
                    a[i] = id;
                }
            }
        }
    }

    /// <summary>The id that replaces a text; null where there is none. In an object or a list, replaces the ids inside it.</summary>
    private static string? Replaced(JsonNode? value, IReadOnlyDictionary<string, string> ids)
    {
        if (value is JsonObject or JsonArray)
        {
            ReplaceIn(value, ids);
        }

        return value is JsonValue v && v.TryGetValue<string>(out var text) ? ids.GetValueOrDefault(text) : null;
    }
}
