using System.ComponentModel;
using Medallion.Shell;

namespace NixSharp.Processes;

public sealed partial record ProcessCommand
{
    /// <summary>Runs the program, which has to end with exit code 0.</summary>
    /// <exception cref="NixProcessException">It is not there, cannot be started, fails, or prints too much.</exception>
    /// <exception cref="OperationCanceledException">It was stopped: asked to end first, killed after <see cref="GraceTime"/>.</exception>
    public async Task<ProcessResult> RunAsync(CancellationToken cancellationToken = default)
    {
        var result = await TryRunAsync(cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0 ? result : throw Failed(NixErrorCodes.ProcessFailed, result, null);
    }

    /// <summary>Runs the program, which may end with any exit code.</summary>
    /// <exception cref="NixProcessException">It is not there, cannot be started, or prints too much.</exception>
    /// <exception cref="OperationCanceledException">It was stopped: asked to end first, killed after <see cref="GraceTime"/>.</exception>
    public async Task<ProcessResult> TryRunAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var command = Start();
        return await new ProcessRun(this, command).FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    internal NixProcessException Failed(string code, ProcessResult result, string? hint) =>
        new(code, FailureMessage(result, hint), ToString()) { ExitCode = result.ExitCode, ErrorTail = result.ErrorTail };

    internal string FailureMessage(ProcessResult result, string? hint)
    {
        var end = result.ErrorTail.Count == 0
            ? "It printed nothing on standard error."
            : "The end of what it printed:\n" + string.Join('\n', result.ErrorTail);
        return $"'{this}' failed with exit code {result.ExitCode}. {(hint is null ? "" : hint + " ")}{end}";
    }

    /// <summary>Where the program is, for those who have work to do before they run it.</summary>
    internal string FindProgram() =>
        ProgramSearch.Find(Program, Environment.TryGetValue("PATH", out var search) ? search : null)
            ?? throw new NixProcessException(NixErrorCodes.ProgramNotFound, NotFoundMessage(), ToString());

    private Command Start()
    {
        var path = FindProgram();
        if (WorkingFolder is not null && !Directory.Exists(WorkingFolder))
        {
            throw new NixProcessException(
                NixErrorCodes.ProcessNotStarted,
                $"'{this}' cannot run in '{WorkingFolder}', because there is no such folder. Create it, or name another one.",
                ToString());
        }

        try
        {
            return Command.Run(path, [], options => options.DisposeOnExit(false).StartInfo(info =>
            {
                // The list is escaped by the runtime itself, for each system as that system reads it.
                foreach (var argument in Arguments)
                {
                    info.ArgumentList.Add(argument);
                }

                info.WorkingDirectory = WorkingFolder ?? "";
                foreach (var (name, value) in Environment)
                {
                    info.Environment[name] = value;
                }
            }));
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or InvalidOperationException)
        {
            throw new NixProcessException(
                NixErrorCodes.ProcessNotStarted,
                $"'{this}' cannot be started: {exception.Message}. Check that {path} may be executed on this machine.",
                ToString(),
                exception);
        }
    }

    private string NotFoundMessage()
    {
        var where = Program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? "" : " on PATH";
        var what = InstallHint is null ? "Install it, or give its full path." : $"Install it with: {InstallHint}.";
        return $"The program '{Program}' was not found{where}. {what}";
    }
}
