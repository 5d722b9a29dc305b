using Medallion.Shell;

namespace NixSharp.Testing;

/// <summary>Runs real programs for tests, with a time limit.</summary>
public static class CommandLine
{
    /// <summary>Runs a program that has to succeed, and returns what it printed on standard output.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var result = await TryRunAsync(program, arguments);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} exited with {result.ExitCode}:\n{result.Output}\n{result.Error}");
    }

    /// <summary>Runs a program that may fail.</summary>
    public static Task<CommandLineResult> TryRunAsync(string program, params string[] arguments) =>
        TryRunAsync(new CommandLineOptions(), program, arguments);

    /// <summary>Runs a program that may fail, with its own environment, folder or time limit.</summary>
    public static async Task<CommandLineResult> TryRunAsync(CommandLineOptions options, string program, params string[] arguments)
    {
        using var command = Command.Run(program, arguments, shell =>
        {
            shell.Timeout(options.Timeout);
            if (options.WorkingFolder is { } folder)
            {
                shell.WorkingDirectory(folder);
            }

            foreach (var (name, value) in options.Environment)
            {
                shell.EnvironmentVariable(name, value);
            }
        });
        var result = await command.Task;
        return new CommandLineResult(result.ExitCode, result.StandardOutput, result.StandardError);
    }
}
