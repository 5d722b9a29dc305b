using System.CommandLine;
using NixSharp.Stores;
using NixSharp.Stores.Serving;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp daemon</c></summary>
internal static class DaemonCommand
{
    public static Command Create()
    {
        var socket = new Option<string?>("--socket") { Description = "Take connections at a unix socket here.", HelpName = "PATH" };
        var stdio = new Option<bool>("--stdio") { Description = "Serve one client on standard input and output, as a program that ssh runs." };
        var from = new Option<string[]>("--substituter") { Description = "A store that paths may come from. May be given several times.", HelpName = "URI" };
        var command = new Command("daemon", "Serve a store to Nix's clients, as nix-daemon does.") { socket, stdio, from };
        command.Validators.Add(result =>
        {
            if (result.GetValue(stdio) == (result.GetValue(socket) is { Length: > 0 }))
            {
                result.AddError("Give --socket PATH or --stdio.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var substituters = new List<INixStore>();
            try
            {
                foreach (var uri in parsed.GetValue(from) ?? [])
                {
                    substituters.Add(await parsed.OpenStoreAsync(uri, cancellationToken));
                }

                var options = new DaemonServerOptions { Substituters = substituters, OnError = static error => Console.Error.WriteLine($"error: {error.Message}") };
                var server = new DaemonServer(parsed.OpenStoreAsync, options);
                await (parsed.GetValue(stdio) ? ServeOneAsync(server, cancellationToken) : ListenAsync(parsed, server, parsed.GetValue(socket)!, cancellationToken));
            }
            finally
            {
                foreach (var substituter in substituters)
                {
                    await substituter.DisposeAsync();
                }
            }
        });
        return command;
    }

    private static async Task ServeOneAsync(DaemonServer server, CancellationToken cancellationToken)
    {
        var input = Console.OpenStandardInput();
        var output = Console.OpenStandardOutput();
        await using (input)
        await using (output)
        {
            // Whoever may run this program may do as much without it.
            await server.ServeAsync(input, output, isTrusted: true, cancellationToken, cancellationToken);
        }
    }

    private static async Task ListenAsync(ParseResult parsed, DaemonServer server, string socket, CancellationToken cancellationToken)
    {
        // A store that cannot be opened is an error now, not at the first connection.
        await using (await parsed.OpenStoreAsync(cancellationToken))
        {
        }

        using var listener = DaemonListener.Listen(server, socket);
        await Console.Error.WriteLineAsync($"serving at {listener.Path}");
        await listener.RunAsync(cancellationToken);
    }
}
