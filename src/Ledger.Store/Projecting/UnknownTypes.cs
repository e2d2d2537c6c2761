using Npgsql;

namespace Ledger.Store;

/// <summary>
/// Lets Marten read events of types that this version does not know, as a newer node or a later version writes them. Marten finds no event type of
/// that name and stops. A document store that maps the name to <see cref="LogModel.UnknownType"/> from its start reads such events.
/// </summary>
public static class UnknownTypes
{
    /// <summary>The model with every unknown type mapped that occurs in a range of positions; the same model where there is none.</summary>
    /// <param name="model">What the log holds.</param>
    /// <param name="dataSource">The log's database.</param>
    /// <param name="after">The range begins behind this position.</param>
    /// <param name="to">And ends with this one.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<LogModel> LearnAsync(LogModel model, NpgsqlDataSource dataSource, long after, long to, CancellationToken cancellationToken = default)
    {
        if (model is not { UnknownType: { } unknown, ReadOther: not null })
        {
            return model;
        }

        await using var command = dataSource.CreateCommand("select distinct type from ledger.mt_events where seq_id > $1 and seq_id <= $2");
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = to });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var shapes = new Dictionary<string, Type>(model.OlderShapes, StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!model.EventTypes.ContainsKey(reader.GetString(0)))
            {
                shapes.TryAdd(reader.GetString(0), unknown);
            }
        }

        return shapes.Count == model.OlderShapes.Count ? model : model with { OlderShapes = shapes };
    }
}
