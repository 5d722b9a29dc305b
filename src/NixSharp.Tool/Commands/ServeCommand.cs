using System.CommandLine;
using System.Net;
using Newtonsoft.Json.Linq;
using NixSharp.Compression;
using NixSharp.NarInfos;
using NixSharp.Stores.Serving;
using NixSharp.Tool.Serving;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp serve</c></summary>
internal static class ServeCommand
{
    private static readonly Option<string> Listen = new("--listen") { Description = "The address to listen at: 0.0.0.0 for every network.", HelpName = "ADDRESS", DefaultValueFactory = static _ => "127.0.0.1" };
    private static readonly Option<int> Port = new("--port") { Description = "The port, or 0 for one that is free.", HelpName = "PORT", DefaultValueFactory = static _ => 5000 };
    private static readonly Option<string> Compression = new("--compression") { Description = "none, gzip, bzip2, xz, zstd or br, with a level if wanted: zstd:19.", HelpName = "NAME[:LEVEL]", DefaultValueFactory = static _ => "zstd" };
    private static readonly Option<int> Priority = new("--priority") { Description = "The lower, the earlier clients ask this cache.", HelpName = "N", DefaultValueFactory = static _ => 30 };
    private static readonly Option<string[]> SecretKeyFile = new("--secret-key-file") { Description = "Sign what is served with the key in this file. May be given several times.", HelpName = "FILE" };
    private static readonly Option<string?> Users = new("--users") { Description = "Ask for a password: a file with a line user:password, or user:sha256:BASE16, for each user.", HelpName = "FILE" };
    private static readonly Option<bool> AnonymousReading = new("--anonymous-reading") { Description = "Ask for a password for uploads only." };
    private static readonly Option<bool> Upload = new("--upload") { Description = "Take uploads, as nix copy --to http://... makes them." };
    private static readonly Option<string[]> TrustedPublicKey = new("--trusted-public-key") { Description = "A key that may have signed what is uploaded. May be given several times.", HelpName = "KEY" };
    private static readonly Option<bool> NoCheckSigs = new("--no-check-sigs") { Description = "Take uploads that nobody has signed." };

    public static Command Create()
    {
        var command = new Command("serve", "Serve the store as a binary cache over HTTP, until it is stopped.")
        {
            Listen, Port, Compression, Priority, SecretKeyFile, Users, AnonymousReading, Upload, TrustedPublicKey, NoCheckSigs,
        };
        command.Validators.Add(static result =>
        {
            if (result.GetResult(Listen) is { Implicit: false } listen && !IPAddress.TryParse(listen.GetValueOrDefault<string>(), out _))
            {
                result.AddError("--listen takes an IP address, such as 127.0.0.1, 0.0.0.0 or ::.");
            }

            if (result.GetValue(Port) is < 0 or > 65535)
            {
                result.AddError("--port takes a number up to 65535.");
            }
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = await ReadOptionsAsync(parsed, cancellationToken);
        var address = IPAddress.Parse(parsed.GetRequiredValue(Listen));
        if (options.Users is not null && !IPAddress.IsLoopback(address))
        {
            await Console.Error.WriteLineAsync("warning: passwords go over the network as they are; put a server in front that speaks HTTPS");
        }

        if (options is { AllowUploads: true, UploadKeys: null, Users: null })
        {
            await Console.Error.WriteLineAsync("warning: whoever reaches this address may add anything to the store");
        }

        await using var store = await parsed.OpenStoreAsync(cancellationToken);
        using var server = new CacheServer(store, options);
        await using var host = await CacheHost.StartAsync(server, address, parsed.GetValue(Port), Report, cancellationToken);
        Output.Print(parsed, host.Address.ToString(), () => new JObject { ["url"] = host.Address.ToString() });
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        void Report(string request, int status, Exception? error)
        {
            if (error is not null)
            {
                Console.Error.WriteLine($"{request}: broken off: {ErrorText.Of(error, parsed.GetValue(GlobalOptions.Verbose))}");
            }
            else if (parsed.GetValue(GlobalOptions.Verbose) || status >= 500)
            {
                Console.Error.WriteLine($"{request}: {status}");
            }
        }
    }

    private static async Task<CacheServerOptions> ReadOptionsAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (name, level) = parsed.GetRequiredValue(Compression).Split(':', 2) switch
        {
            [var only] => (only, (int?)null),
            [var first, var second] => (first, int.TryParse(second, out var number) ? number : throw new NixConfigurationException(
                NixErrorCodes.InvalidSetting,
                $"'{second}' is no level of compression. Give --compression a name and a number, such as zstd:19.")),
            _ => ("", null),
        };
        var keys = new List<SecretKey>();
        foreach (var file in parsed.GetValue(SecretKeyFile) ?? [])
        {
            keys.Add(await SecretKey.ReadAsync(file, cancellationToken));
        }

        return new CacheServerOptions
        {
            Compression = NarCompression.Parse(name),
            CompressionLevel = level,
            Priority = parsed.GetValue(Priority),
            SecretKeys = keys,
            Users = parsed.GetValue(Users) is { } users ? await CacheUsers.ReadAsync(users, cancellationToken) : null,
            AnonymousReading = parsed.GetValue(AnonymousReading),
            AllowUploads = parsed.GetValue(Upload),
            UploadKeys = parsed.GetValue(NoCheckSigs) ? null : new TrustedKeys((parsed.GetValue(TrustedPublicKey) ?? []).Select(PublicKey.Parse)),
        };
    }
}
