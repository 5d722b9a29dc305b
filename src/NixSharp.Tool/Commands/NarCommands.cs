using System.CommandLine;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp nar ...</c></summary>
internal static class NarCommands
{
    public static Command Create() => new("nar", "Nix archives.")
    {
        CreateDump(),
        CreateHash(),
        CreateList(),
        CreateUnpack(),
    };

    private static Command CreateDump()
    {
        var path = new Argument<string>("path") { Description = "The file, folder or symlink." };
        var command = new Command("dump", "Write the NAR of a file or folder to standard output.") { path };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var output = Console.OpenStandardOutput();
            await NarArchive.DumpAsync(parsed.GetRequiredValue(path), output, cancellationToken);
        });
        return command;
    }

    private static Command CreateHash()
    {
        var path = new Argument<string>("path") { Description = "The file, folder or symlink." };
        var type = new Option<string>("--type") { Description = "The hash algorithm: md5, sha1, sha256 or sha512.", HelpName = "ALGO", DefaultValueFactory = static _ => "sha256" };
        type.AcceptOnlyFromAmong("md5", "sha1", "sha256", "sha512");
        var format = new Option<string>("--format") { Description = "sri, base16, base32 or base64.", HelpName = "FORMAT", DefaultValueFactory = static _ => "sri" };
        format.AcceptOnlyFromAmong("sri", "base16", "base32", "base64");
        var command = new Command("hash", "Print the hash of the NAR of a file or folder, as nix hash path does.") { path, type, format };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var algorithm = NixHashAlgorithms.Parse(parsed.GetValue(type));
            var digest = await ProgressDisplay.RunAsync(parsed, progress =>
                NarArchive.DigestAsync(parsed.GetRequiredValue(path), algorithm, progress: progress, cancellationToken: cancellationToken));
            var text = parsed.GetValue(format) switch
            {
                "base16" => digest.Hash.ToDigestString(HashFormat.Base16),
                "base32" => digest.Hash.ToDigestString(HashFormat.Nix32),
                "base64" => digest.Hash.ToDigestString(HashFormat.Base64),
                _ => digest.Hash.ToString(HashFormat.Sri),
            };
            Output.Print(parsed, text, () => new JObject { ["narHash"] = text, ["narSize"] = digest.Size });
        });
        return command;
    }

    private static Command CreateList()
    {
        var file = new Argument<string>("file") { Description = "The NAR, or - for standard input." };
        var command = new Command("ls", "List what is in a NAR; with --json, as nix nar ls --json --recursive does.") { file };
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () =>
            {
                var name = parsed.GetRequiredValue(file);
                using var input = Open(name);
                JObject listing;
                try
                {
                    listing = NarListing.Read(input, cancellationToken);
                }
                catch (NixFormatException error)
                {
                    throw Named(name, error);
                }

                var text = new StringBuilder();
                Describe(listing, ".", text);
                Output.Print(parsed, text.ToString().TrimEnd('\n'), () => listing);
            },
            cancellationToken));
        return command;
    }

    private static Command CreateUnpack()
    {
        var file = new Argument<string>("file") { Description = "The NAR, or - for standard input." };
        var target = new Argument<string>("target") { Description = "Where to unpack it; nothing may be there yet." };
        var command = new Command("unpack", "Unpack a NAR.") { file, target };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(file);
            await using var input = Open(name);
            try
            {
                await NarArchive.UnpackAsync(input, parsed.GetRequiredValue(target), cancellationToken);
            }
            catch (NixFormatException error)
            {
                throw Named(name, error);
            }
        });
        return command;
    }

    private static Stream Open(string file)
    {
        if (file == "-")
        {
            return new BufferedStream(Console.OpenStandardInput(), 1 << 16);
        }

        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new NixFileException(NixErrorCodes.SourceNotFound, $"The NAR '{file}' cannot be opened: {error.Message} Check the path, and that you may read it.", Path.GetFullPath(file), error);
        }
    }

    private static NixFormatException Named(string file, NixFormatException error) =>
        new(error.Code, $"{(file == "-" ? "standard input" : file)}: {error.Message}", innerException: error);

    private static void Describe(JObject node, string path, StringBuilder text)
    {
        text.Append((string)node["type"]! switch
        {
            "directory" => "dr-xr-xr-x",
            "symlink" => "lrwxrwxrwx",
            _ => node["executable"] is null ? "-r--r--r--" : "-r-xr-xr-x",
        });
        text.Append($" {(long?)node["size"] ?? 0,20} {path}");
        text.Append(node["target"] is { } target ? $" -> {target}\n" : "\n");
        foreach (var (name, child) in (node["entries"] as JObject) ?? [])
        {
            Describe((JObject)child!, $"{path}/{name}", text);
        }
    }
}
