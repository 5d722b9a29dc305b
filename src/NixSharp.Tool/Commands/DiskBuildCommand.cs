using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.Disks.Formats;
using NixSharp.GitOps.Nodes;
using NixSharp.Hashing;
using NixSharp.Stores;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp disk build</c></summary>
internal static class DiskBuildCommand
{
    public static Command Create()
    {
        var installable = new Argument<string>("installable") { Description = "The image, such as .#web." };
        var destination = new Option<string>("--output", "-o") { Description = "The file to write. Default: the format's usual name, in this folder.", HelpName = "FILE" };
        var format = new Option<string>("--format", "-f") { Description = "The format of the image; see 'nixsharp disk formats'.", HelpName = "FORMAT", DefaultValueFactory = static _ => "raw-efi" };
        var system = new Option<string?>("--system") { Description = "The system of the machine. Default: that of this one.", HelpName = "SYSTEM" };
        var engine = new Option<string?>("--engine") { Description = "Build in a container of this engine, where there is no Nix: docker, podman, or a path to one.", HelpName = "PROGRAM" };
        var image = new Option<string>("--container-image") { Description = "The container's image.", HelpName = "IMAGE", DefaultValueFactory = static _ => new NodeContainer().Image };
        var command = new Command("build", "Build the image of a machine, and put it, decompressed and with holes, into a file.") { installable, destination, format, system, engine, image }.WithNixOptions();
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var kind = ImageFormats.Default[parsed.GetValue(format)!];
            var options = new NodeImageOptions
            {
                Format = kind,
                System = parsed.GetValue(system),
                Container = parsed.GetValue(engine) is { } program ? new NodeContainer { Engine = program, Image = parsed.GetValue(image)! } : null,
            };
            await using var store = await parsed.OpenStoreAsync(cancellationToken);
            var files = store.Require<IFileSystemStore>("keep files on this machine");
            var result = await parsed.RunNixAsync(
                client => NodeImage.BuildAsync(
                    client,
                    files,
                    parsed.GetRequiredValue(installable),
                    parsed.GetValue(destination) ?? $"nixos{kind.PlainExtension}",
                    options,
                    parsed.GetValue(GlobalOptions.Quiet) ? null : new ErrorLines(),
                    cancellationToken),
                cancellationToken);
            Output.Print(
                parsed,
                $"{result.Path}: {ByteSize.Format(result.Size)}, {ByteSize.Format(result.DataSize)} of it data, {result.Hash.ToString(HashFormat.Sri)}",
                () => new JObject
                {
                    ["path"] = result.Path,
                    ["source"] = result.Source,
                    ["size"] = result.Size,
                    ["dataSize"] = result.DataSize,
                    ["hash"] = result.Hash.ToString(HashFormat.Sri),
                });
        });
        return command;
    }
}
