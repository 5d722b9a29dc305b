using System.CommandLine;
using NixSharp.Tool.Commands;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool;

/// <summary>The <c>nixsharp</c> program: a thin skin over NixSharp.Core.</summary>
public static class NixSharpTool
{
    /// <summary>Exit code of a failure that has a message.</summary>
    public const int Failure = 1;

    /// <summary>Exit code of a command line that cannot be read.</summary>
    public const int BadUsage = 2;

    /// <summary>Runs one command line.</summary>
    /// <returns>0, <see cref="Failure"/> or <see cref="BadUsage"/>; 130 when the user stopped it.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        // Nix takes @FILE for itself, as in --builders @/etc/nix/machines.
        var parsed = CreateRoot().Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync($"error: {error.Message}").ConfigureAwait(false);
            }

            await Console.Error.WriteLineAsync($"Try '{CommandLineOf(parsed.CommandResult)} --help'.").ConfigureAwait(false);
            return BadUsage;
        }

        try
        {
            // A command that is asked to stop takes back what it has begun, however large that is.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(1) }).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("error: stopped").ConfigureAwait(false);
            return 130;
        }
        catch (Exception error)
        {
            await Console.Error.WriteLineAsync(ErrorText.Of(error, parsed.GetValue(GlobalOptions.Verbose))).ConfigureAwait(false);
            return Failure;
        }
    }

    private static RootCommand CreateRoot() =>
        new("Nix stores, closures, volumes, container images and registry pushes, with or without Nix on this machine.")
        {
            GlobalOptions.Store,
            GlobalOptions.Refresh,
            GlobalOptions.NetrcFile,
            GlobalOptions.Json,
            GlobalOptions.Quiet,
            GlobalOptions.Verbose,
            StoreCommands.Create(),
            PathInfoCommand.Create(),
            CopyCommand.Create(),
            DaemonCommand.Create(),
            WhyDependsCommand.Create(),
            ClosureCommands.Create(),
            DerivationCommands.Create(),
            NarCommands.Create(),
            VolumeCommands.Create(),
            ImageCommands.Create(),
            DiskCommands.Create(),
            BuildCommand.Create(),
            EvalCommand.Create(),
            KeyCommands.Create(),
            SignCommand.Create("sign"),
            FlakeCommands.Create(),
            ServeCommand.Create(),
            NuGetCommands.Create(),
            SecretsCommands.Create(),
            CachixCommands.Create(),
            NodesCommands.Create(),
            InitCommand.Create(),
            CsiCommands.Create(),
            BuilderCommands.Create(),
            ArgoCommands.Create(),
        };

    private static string CommandLineOf(System.CommandLine.Parsing.CommandResult result)
    {
        var names = new List<string>();
        for (System.CommandLine.Parsing.SymbolResult? current = result; current is System.CommandLine.Parsing.CommandResult command; current = current.Parent)
        {
            names.Insert(0, command.Command is RootCommand ? "nixsharp" : command.Command.Name);
        }

        return string.Join(' ', names);
    }
}
