using System.Globalization;
using System.Text.Json;
using Ledger.Domain;
using Spectre.Console;

namespace Ledger.Cli;

/// <summary>Writes answers for people on a terminal, or for programs.</summary>
internal static class Output
{
    /// <summary>The width of plain text in columns. It is wider than any line here.</summary>
    private const int PlainWidth = 10_000;

    internal static void Json<T>(T value, TextWriter output) => output.WriteLine(JsonSerializer.Serialize(value, DomainJson.Stored));

    /// <summary>A terminal gets colours and wrapped lines. A file or a pipe gets plain text without wrapping, so that each fact stays on one line.</summary>
    internal static IAnsiConsole Console(TextWriter output)
    {
        var isTerminal = ReferenceEquals(output, System.Console.Out) && !System.Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(output), Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No });
        console.Profile.Width = isTerminal ? console.Profile.Width : PlainWidth;
        return console;
    }
}

/// <summary>Shows the progress of long work on the error stream, so that the output stays clean.</summary>
internal static class Progress
{
    internal static Task<T> WhileAsync<T>(string what, bool quiet, Func<Action<double>, Task<T>> work)
    {
        if (quiet || Console.IsErrorRedirected)
        {
            return work(_ => { });
        }

        return AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) }).Progress().StartAsync(context =>
        {
            var task = context.AddTask(what, maxValue: 1);
            return work(done => task.Value = done);
        });
    }

    /// <summary>The same for work of unknown length: it shows a counter.</summary>
    internal static Task<T> CountAsync<T>(string what, bool quiet, Func<Action<double>, Task<T>> work) => quiet || Console.IsErrorRedirected
        ? work(_ => { })
        : AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) }).Status().StartAsync(what, context =>
            work(count => context.Status(string.Create(CultureInfo.InvariantCulture, $"{what}: {count:N1}"))));
}
