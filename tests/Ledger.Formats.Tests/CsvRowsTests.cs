using System.Text;

namespace Ledger.Formats.Tests;

public sealed class CsvRowsTests
{
    [Fact]
    public async Task Rows_know_their_line_numbers_and_a_header_may_end_with_a_comma()
    {
        var rows = await ReadAsync("\uFEFFa,b,\r\n1,\"x\r\ny\",\r\n\r\n2, z ,\r\n");
        rows.Select(r => (r.Number, r.Line, r["A"], r["b"])).ShouldBe([(1, 2, "1", "x\r\ny"), (2, 5, "2", "z")]);
        rows.ShouldAllBe(r => r.Problem == null && !r.HasInvalidText);
    }

    [Fact]
    public async Task A_row_that_does_not_fit_the_header_gives_the_reason()
    {
        var rows = await ReadAsync("a,b\n1\n1,2,3\n1,x\"y\"\n");
        rows.Select(r => r.Problem?.Reason).ShouldBe(
            ["The row has 1 cells where the header has 2.", "The row has 3 cells where the header has 2.", "A quotation mark stands inside a cell, or text behind the closing one; double the marks that belong to the text."]);
    }

    [Theory]
    [InlineData("=HYPERLINK(\"http://x\")", true)]
    [InlineData("@SUM(1+1)*cmd|' /C calc'!A0", true)]
    [InlineData("-2+3+cmd|' /C calc'!A0", true)]
    [InlineData("+SUM(A1)", true)]
    [InlineData("+Concerns/Issues About Data;", false)]
    [InlineData("-5", false)]
    [InlineData("@desk", false)]
    [InlineData("'=1+1", true)]
    public async Task A_formula_in_a_cell_is_detected(string cell, bool expected) =>
        (await ReadAsync($"a,b\n1,\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n"))[0].FormulaColumn.ShouldBe(expected ? "b" : null);

    [Fact]
    public async Task Invalid_bytes_are_detected_and_do_not_affect_other_rows()
    {
        var rows = await ReadAsync([.. "a\nx"u8, 0xC3, .. "y\nz\n"u8]);
        rows.Select(r => (r["a"], r.HasInvalidText)).ShouldBe([("x\uFFFDy", true), ("z", false)]);
    }

    [Fact]
    public async Task Semicolons_and_tabs_are_recognised_as_separators()
    {
        (await ReadAsync("a;b\n1;2\n"))[0]["b"].ShouldBe("2");
        (await ReadAsync("a\tb\n1\t2\n"))[0]["b"].ShouldBe("2");
    }

    [Fact]
    public async Task An_endless_line_is_refused_in_bounded_memory()
    {
        using var cell = new RepeatedStream("a,b\n1,\""u8.ToArray(), (byte)'x', 1L << 27);
        (await Should.ThrowAsync<ArchiveFormatException>(() => ReadAsync(cell))).Message.ShouldContain("at most 4194304 bytes");
        using var row = new RepeatedStream("a,b\n1,"u8.ToArray(), (byte)',', 1L << 27);
        (await Should.ThrowAsync<ArchiveFormatException>(() => ReadAsync(row))).Message.ShouldContain("at most 4194304 bytes");
        row.Taken.ShouldBeLessThan(20 << 20);
    }

    [Fact]
    public async Task An_empty_or_ambiguous_header_is_refused()
    {
        await Should.ThrowAsync<ArchiveFormatException>(() => ReadAsync(""));
        (await Should.ThrowAsync<ArchiveFormatException>(() => ReadAsync("a,A\n"))).Message.ShouldContain("twice");
        (await Should.ThrowAsync<ArchiveFormatException>(() => ReadAsync("x\n1\n"))).Message.ShouldContain("no column a");
    }

    private static Task<List<CsvRow>> ReadAsync(string text) => ReadAsync(Encoding.UTF8.GetBytes(text));

    private static Task<List<CsvRow>> ReadAsync(byte[] bytes) => ReadAsync(new MemoryStream(bytes));

    private static async Task<List<CsvRow>> ReadAsync(Stream stream) =>
        await CsvRows.ReadAsync(stream, detectSeparator: true, ["a"], default).ToListAsync();
}
