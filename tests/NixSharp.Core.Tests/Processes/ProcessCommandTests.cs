using NixSharp.Processes;
using Xunit;

namespace NixSharp.Core.Tests.Processes;

public sealed class ProcessCommandTests
{
    [Fact]
    public void A_command_is_shown_as_it_would_be_typed_into_a_shell() =>
        Assert.Equal("skopeo copy 'it'\\''s' '' '*'", new ProcessCommand("skopeo", "copy", "it's", "", "*").ToString());

    [Fact]
    public void Secrets_are_blacked_out_wherever_a_command_is_shown()
    {
        var command = new ProcessCommand("tool", "--token=s3cret", "x")
        {
            Secrets = ["s3cret"],
            Environment = new Dictionary<string, string?> { ["PASSWORD"] = "other" },
        };
        Assert.Equal("tool --token=*** x", command.ToString());
    }

    [Theory]
    [InlineData("\u001b[31;1merror:\u001b[0m bad", "error: bad")]
    [InlineData("\u001b]8;;https://x\u0007link\u001b]8;;\u0007", "link")]
    [InlineData("\u001b[2K\u001b[1Gplain\u001b(B", "plain")]
    [InlineData("no colours", "no colours")]
    public void Terminal_sequences_are_taken_out(string text, string expected) =>
        Assert.Equal(expected, TerminalText.Strip(text));

    [Fact]
    public void Lines_are_the_same_however_the_bytes_are_cut()
    {
        var bytes = "eins\r\nzwölf €\n\nlast"u8.ToArray();
        for (var size = 1; size <= bytes.Length; size++)
        {
            var lines = new List<string>();
            var splitter = new LineSplitter(lines.Add);
            foreach (var chunk in bytes.Chunk(size))
            {
                splitter.Add(chunk);
            }

            splitter.Complete();
            Assert.Equal(["eins", "zwölf €", "", "last"], lines);
        }
    }

    [Fact]
    public void A_line_without_end_comes_in_pieces()
    {
        var lines = new List<string>();
        var splitter = new LineSplitter(lines.Add);
        splitter.Add(new byte[LineSplitter.MaxLineLength + 5]);
        splitter.Complete();
        Assert.Equal([LineSplitter.MaxLineLength, 5], lines.Select(line => line.Length));
    }
}
