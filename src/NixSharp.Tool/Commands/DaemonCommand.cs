using System.CommandLine;
using NixSharp.Stores.Serving;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp daemon</c></summary>
internal static class DaemonCommand
{
    public static Command Create()
    {
        var socket = new Option<string?>("--socket") { Description = "Take connections at a unix socket here.", HelpName = "PATH" };
        var stdio = new Option<bool>("--stdio") { Description = "Serve one client on standard input and output, as a program that ssh runs." };
        var command = new Command("daemon", "Serve a store to Nix's clients, as nix-daemon does.") { socket, stdio };
        command.Validators.Add(result =>
        {
            if (result.GetValue(stdio) == (result.GetValue(socket) is { Length: > 0 }))
            {
                result.AddError("Give --socket PATH or --stdio.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var server = new DaemonServer(parsed.OpenStoreAsync, new DaemonServerOptions { OnError = static error => Console.Error.WriteLine($"error: {error.Message}") });
            if (parsed.GetValue(stdio))
            {
                var input = Console.OpenStandardInput();
                var output = Console.OpenStandardOutput();
                await using (input)
                await using (output)
                {
                    // Whoever may run this program may do as much without it.
                    await server.ServeAsync(input, output, isTrusted: true, cancellationToken, cancellationToken);
                }

                return;
            }

            // A store that cannot be opened is an error now, not at the first connection.
            await using (await parsed.OpenStoreAsync(cancellationToken))
            {
            }

            using var listener = DaemonListener.Listen(server, parsed.GetValue(socket)!);
            await Console.Error.WriteLineAsync($"serving at {listener.Path}");
            await listener.RunAsync(cancellationToken);
        });
        return command;
    }
}
