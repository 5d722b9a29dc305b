using NixSharp.Processes;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Processes;

public sealed class ProcessCommandRunTests
{
    [RequiresFact("sh")]
    public async Task Arguments_arrive_exactly_as_they_were_given()
    {
        string[] arguments = ["", "a b", "it's", "\"q\"", "back\\slash", "tail\\", "$HOME", "*", "ünï", "new\nline", "-n"];
        var result = await new ProcessCommand("sh", ["-c", "for a; do printf '%s\\0' \"$a\"; done", "sh", .. arguments]).RunAsync();
        Assert.Equal(arguments, result.Output[..^1].Split('\0'));
    }

    [RequiresFact("cat")]
    public async Task Standard_input_goes_in_and_output_comes_out_to_the_byte()
    {
        var bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);
        var result = await new ProcessCommand("cat") { StandardInput = new MemoryStream(bytes) }.RunAsync();
        Assert.True(result.OutputBytes.Span.SequenceEqual(bytes));
    }

    [RequiresFact("cat")]
    public async Task Without_standard_input_a_program_reads_nothing()
    {
        var result = await new ProcessCommand("cat").RunAsync();
        Assert.Empty(result.Output);
    }

    [RequiresFact("true")]
    public async Task A_program_need_not_read_its_input()
    {
        var result = await new ProcessCommand("true") { StandardInput = new MemoryStream(new byte[1_000_000]) }.RunAsync();
        Assert.Equal(0, result.ExitCode);
    }

    [RequiresFact("cat")]
    public async Task An_input_that_cannot_be_read_stops_the_program()
    {
        var command = new ProcessCommand("cat") { StandardInput = new BrokenStream() };
        var exception = await Assert.ThrowsAsync<IOException>(() => command.RunAsync());
        Assert.Equal("broken on purpose", exception.Message);
    }

    [RequiresFact("sh")]
    public async Task Lines_are_reported_from_both_streams()
    {
        var output = new Lines();
        var error = new Lines();
        await new ProcessCommand("sh", "-c", "echo one; echo two; printf '\\033[31mthree\\033[0m' >&2") { OutputLines = output, ErrorLines = error }.RunAsync();
        Assert.Equal(["one", "two"], output.All);
        Assert.Equal(["three"], error.All);
    }

    [RequiresFact("sh")]
    public async Task A_failure_carries_the_command_the_exit_code_and_the_end_of_standard_error()
    {
        var command = new ProcessCommand("sh", "-c", "i=0; while [ $i -lt 60 ]; do i=$((i+1)); printf '\\033[1mline %s tok3n\\033[0m\\n' $i >&2; done; exit 7") { Secrets = ["tok3n"] };
        var exception = await Assert.ThrowsAsync<NixProcessException>(() => command.RunAsync());
        Assert.Equal(NixErrorCodes.ProcessFailed, exception.Code);
        Assert.Equal(7, exception.ExitCode);
        Assert.Equal(50, exception.ErrorTail.Count);
        Assert.Equal("line 60 ***", exception.ErrorTail[^1]);
        Assert.DoesNotContain("tok3n", exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("tok3n", exception.Command, StringComparison.Ordinal);
        Assert.Contains("exit code 7", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_program_is_named_with_how_to_install_it()
    {
        var command = new ProcessCommand("no-such-program-anywhere") { InstallHint = "apt install it" };
        var exception = await Assert.ThrowsAsync<NixProcessException>(() => command.RunAsync());
        Assert.Equal(NixErrorCodes.ProgramNotFound, exception.Code);
        Assert.Equal("The program 'no-such-program-anywhere' was not found on PATH. Install it with: apt install it.", exception.Message);
    }

    [RequiresFact("chmod")]
    public async Task A_file_that_is_no_program_is_refused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("tool", "#!/no/such/interpreter\n");
        await CommandLine.RunAsync("chmod", "500", path);
        var exception = await Assert.ThrowsAsync<NixProcessException>(() => new ProcessCommand(path).RunAsync());
        Assert.Equal(NixErrorCodes.ProcessNotStarted, exception.Code);
    }

    [RequiresFact("true")]
    public async Task A_missing_working_folder_is_named()
    {
        var command = new ProcessCommand("true") { WorkingFolder = "/no/such/folder" };
        var exception = await Assert.ThrowsAsync<NixProcessException>(() => command.RunAsync());
        Assert.Equal(NixErrorCodes.ProcessNotStarted, exception.Code);
        Assert.Contains("/no/such/folder", exception.Message, StringComparison.Ordinal);
    }

    [RequiresFact("sh")]
    public async Task Environment_variables_are_added_and_taken_away()
    {
        var command = new ProcessCommand("sh", "-c", "echo \"$ADDED:${HOME-unset}\"; pwd")
        {
            Environment = new Dictionary<string, string?> { ["ADDED"] = "yes", ["HOME"] = null },
            WorkingFolder = "/",
        };
        Assert.Equal("yes:unset\n/\n", (await command.RunAsync()).Output);
    }

    [RequiresFact("yes")]
    public async Task A_program_that_prints_too_much_is_stopped()
    {
        var command = new ProcessCommand("yes") { OutputLimit = 100_000 };
        var exception = await Assert.ThrowsAsync<NixProcessException>(() => command.RunAsync());
        Assert.Equal(NixErrorCodes.ProcessOutputTooLarge, exception.Code);
    }

    [RequiresFact("sh")]
    public async Task Cancelling_asks_first_so_that_a_program_can_clean_up()
    {
        using var folder = new TemporaryFolder();
        using var cancel = new CancellationTokenSource();
        var command = new ProcessCommand("sh", "-c", "trap 'echo bye >cleaned; exit 0' TERM; echo ready; while :; do sleep 0.05; done")
        {
            WorkingFolder = folder.Path,
            OutputLines = new CancelOnFirstLine(cancel),
            GraceTime = TimeSpan.FromMinutes(1),
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command.RunAsync(cancel.Token));
        Assert.Equal("bye\n", File.ReadAllText(folder["cleaned"]));
    }

    [RequiresFact("sh")]
    public async Task Cancelling_kills_a_tree_that_does_not_listen()
    {
        using var cancel = new CancellationTokenSource();
        var lines = new CancelOnFirstLine(cancel);
        var command = new ProcessCommand("sh", "-c", "trap '' TERM; sh -c 'echo $$; while :; do sleep 0.05; done'; echo never")
        {
            OutputLines = lines,
            GraceTime = TimeSpan.FromMilliseconds(200),
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command.RunAsync(cancel.Token));
        Assert.True(HasEnded(lines.First!), $"process {lines.First} is still there");
    }

    // A child that its parent left behind stays a zombie where nothing reaps it.
    private static bool HasEnded(string id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    private sealed class Lines : IProgress<string>
    {
        public List<string> All { get; } = [];

        public void Report(string value) => All.Add(value);
    }

    private sealed class CancelOnFirstLine(CancellationTokenSource source) : IProgress<string>
    {
        public string? First { get; private set; }

        public void Report(string value)
        {
            First ??= value;
            source.Cancel();
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("broken on purpose");
    }
}
