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
        CreateCat(),
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
        var path = InnerPath();
        var command = new Command("ls", "List what is in a NAR; with --json, as nix nar ls --json --recursive does.") { file, path };
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () => Named(parsed.GetRequiredValue(file), input =>
            {
                var inner = parsed.GetRequiredValue(path);
                var entry = NarIndex.Read(input, cancellationToken).Get(inner);
                var text = new StringBuilder();
                Describe(entry, inner.Trim('/') is { Length: > 0 } name ? $"./{name}" : ".", text);
                Output.Print(parsed, text.ToString().TrimEnd('\n'), () => NarListing.Write(entry));
            }),
            cancellationToken));
        return command;
    }

    private static Command CreateCat()
    {
        var file = new Argument<string>("file") { Description = "The NAR, in a file." };
        var path = new Argument<string>("path") { Description = "The file's path in the NAR." };
        var listing = Listing();
        var command = new Command("cat", "Write one file of a NAR to standard output.") { file, path, listing };
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () => Named(parsed.GetRequiredValue(file), input =>
            {
                using var contents = IndexOf(parsed.GetValue(listing), input, cancellationToken).OpenFile(input, parsed.GetRequiredValue(path));
                using var output = Console.OpenStandardOutput();
                contents.CopyTo(output);
            }),
            cancellationToken));
        return command;
    }

    private static Command CreateUnpack()
    {
        var file = new Argument<string>("file") { Description = "The NAR, or - for standard input." };
        var target = new Argument<string>("target") { Description = "Where to unpack it; nothing may be there yet." };
        var path = new Option<string?>("--path") { Description = "Unpack only this file or folder of a NAR that is in a file.", HelpName = "PATH" };
        var listing = Listing();
        var command = new Command("unpack", "Unpack a NAR, or one file or folder of it.") { file, target, path, listing };
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () => Named(parsed.GetRequiredValue(file), input =>
            {
                var to = parsed.GetRequiredValue(target);
                (parsed.GetValue(path) is { } inner
                    ? IndexOf(parsed.GetValue(listing), input, cancellationToken).UnpackAsync(input, inner, to, cancellationToken)
                    : NarArchive.UnpackAsync(input, to, cancellationToken)).GetAwaiter().GetResult();
            }),
            cancellationToken));
        return command;
    }

    private static Argument<string> InnerPath() =>
        new("path") { Description = "The path in the NAR. Default: all of it.", DefaultValueFactory = static _ => "", Arity = ArgumentArity.ZeroOrOne };

    private static Option<string?> Listing() =>
        new("--listing") { Description = "The NAR's listing (.ls), so that the NAR need not be read through.", HelpName = "FILE" };

    private static NarIndex IndexOf(string? listing, Stream nar, CancellationToken cancellationToken)
    {
        if (listing is null)
        {
            if (!nar.CanSeek)
            {
                throw new NixFormatException(NixErrorCodes.InvalidNar, "A single file can be taken only out of a NAR that is in a file. Write the NAR to one first.");
            }

            return NarIndex.Read(nar, cancellationToken);
        }

        using var text = new StreamReader(Open(listing));
        return NarListing.Parse(text);
    }

    private static void Named(string file, Action<Stream> use)
    {
        using var input = Open(file);
        try
        {
            use(input);
        }
        catch (NixFormatException error)
        {
            throw new NixFormatException(error.Code, $"{(file == "-" ? "standard input" : file)}: {error.Message}", innerException: error);
        }
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

    private static void Describe(NarEntry entry, string path, StringBuilder text)
    {
        text.Append(entry.Type switch
        {
            NarEntryType.Directory => "dr-xr-xr-x",
            NarEntryType.Symlink => "lrwxrwxrwx",
            _ => entry.IsExecutable ? "-r-xr-xr-x" : "-r--r--r--",
        });
        text.Append($" {entry.Size,20} {path}");
        text.Append(entry.Type == NarEntryType.Symlink ? $" -> {entry.Target}\n" : "\n");
        foreach (var (name, child) in entry.Entries)
        {
            Describe(child, $"{path}/{name}", text);
        }
    }
}
