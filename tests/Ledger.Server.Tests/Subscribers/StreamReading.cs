using System.Collections.Concurrent;
using Ledger.Testing;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>Reads a stream in the background.</summary>
internal sealed class StreamReading : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;
    private readonly Lock _gate = new();
    private readonly List<(string Id, string Data)> _events = [];
    private readonly ConcurrentQueue<string> _comments = new();
    private string _lastId = "";

    public StreamReading(RunningLedger ledger, string path, string? lastEventId = null, bool asPublic = true) =>
        _reading = ReadAsync(asPublic ? ledger.Public : ledger.Http, path, lastEventId);

    public List<(string Id, string Data)> Events
    {
        get
        {
            if (_reading.IsFaulted)
            {
                throw new InvalidOperationException("The stream broke.", _reading.Exception);
            }

            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    public IReadOnlyCollection<string> Comments => _comments;

    public string LastId => Volatile.Read(ref _lastId);

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task ReadAsync(HttpClient http, string path, string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _stop.Token);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(_stop.Token));
        var (id, data) = ("", "");
        while (await lines.ReadLineAsync(_stop.Token) is { } line)
        {
            if (line.StartsWith(':'))
            {
                _comments.Enqueue(line[1..]);
                continue;
            }

            switch (line.Split(": ", 2))
            {
                case ["id", var value]:
                    id = value;
                    break;
                case ["data", var value]:
                    data = value;
                    break;
                case [""]:
                    Take(id, data);
                    data = "";
                    break;
                default:
                    break;
            }
        }
    }

    private void Take(string id, string data)
    {
        lock (_gate)
        {
            if (data.Length > 0)
            {
                _events.Add((id, data));
            }
        }

        Volatile.Write(ref _lastId, id);
    }
}
