using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.Disks.Containers;
using NixSharp.Disks.Formats;
using NixSharp.Disks.Writing;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary>The commands of <c>nixsharp disk</c> that change something, and the formats of images.</summary>
internal static class DiskWriteCommands
{
    private static readonly Argument<string> Image = new("image") { Description = "The image." };
    private static readonly Option<bool> Force = new("--force") { Description = "Write to a disk that is in use too. What is on it is lost, the running system included." };

    public static Command CreateFormats()
    {
        var file = new Option<string?>("--file") { Description = "A JSON file with formats of your own, in the form that --json prints.", HelpName = "FILE" };
        var command = new Command("formats", "List the kinds of image that a NixOS configuration can become.") { file };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var formats = ImageFormats.Default;
            formats = parsed.GetValue(file) is { } own ? formats.With(await ImageFormatJson.ReadFileAsync(own, cancellationToken)) : formats;
            Output.Print(
                parsed,
                string.Join('\n', formats.All.Select(static format => $"{format.Name,-22} {format.Attribute,-20} {format.Extension,-15} {format.Layout.ToString().ToLowerInvariant(),-8} {format.Boot.ToString().ToLowerInvariant(),-9} {string.Join(' ', format.Systems)}".TrimEnd())),
                () => ImageFormatJson.Write(formats.All));
        });
        return command;
    }

    public static Command CreateDecompress()
    {
        var destination = new Argument<string>("destination") { Description = "The file to write." };
        var command = new Command("decompress", "Decompress an image (.zst, .xz, .gz, .bz2) into a file with holes, and print its SHA-256.") { Image, destination };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var result = await ProgressDisplay.RunAsync(parsed, progress =>
                ImageDecompressor.DecompressAsync(parsed.GetRequiredValue(Image), parsed.GetRequiredValue(destination), new DecompressOptions { Progress = progress }, cancellationToken));
            Output.Print(
                parsed,
                $"{result.Hash}  {ByteSize.Format(result.Size)}, {ByteSize.Format(result.DataSize)} of it data",
                () => new JObject { ["size"] = result.Size, ["dataSize"] = result.DataSize, ["hash"] = result.Hash.ToString() });
        });
        return command;
    }

    public static Command CreateWrite()
    {
        var target = new Argument<string>("target") { Description = "The device, or a file, which is replaced." };
        var noVerify = new Option<bool>("--no-verify") { Description = "Do not read back what was written." };
        var command = new Command("write", "Write a raw image, compressed or not, to a device or file, and read it back.") { Image, target, Force, noVerify };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var result = await ProgressDisplay.RunAsync(parsed, progress => DiskWriter.WriteAsync(
                parsed.GetRequiredValue(Image),
                parsed.GetRequiredValue(target),
                new DiskWriteOptions { Force = parsed.GetValue(Force), Verify = !parsed.GetValue(noVerify), Progress = progress },
                cancellationToken));
            Output.Print(
                parsed,
                $"{parsed.GetValue(target)}: {ByteSize.Format(result.Size)}, {ByteSize.Format(result.BytesWritten)} written{(result.IsVerified ? ", verified" : "")}",
                () => new JObject { ["size"] = result.Size, ["bytesWritten"] = result.BytesWritten, ["verified"] = result.IsVerified });
        });
        return command;
    }

    public static Command CreateResize()
    {
        var size = new Argument<long?>("size") { Description = "The new size in bytes. Without it only the partition table is made to fit the disk.", Arity = ArgumentArity.ZeroOrOne };
        var grow = new Option<bool>("--grow-last") { Description = "Let the last partition grow to the end. Its file system is left as it is." };
        var command = new Command("resize", "Resize a raw image, and move the backup of its GUID partition table to the end.") { Image, size, grow, Force };
        command.SetAction(parsed => DiskResizer.Resize(
            parsed.GetRequiredValue(Image),
            parsed.GetValue(size),
            new DiskResizeOptions { GrowLastPartition = parsed.GetValue(grow), Force = parsed.GetValue(Force) }));
        return command;
    }

    public static Command CreateConvert()
    {
        var destination = new Argument<string>("destination") { Description = "The file to write." };
        var container = new Option<string>("--to") { Description = "raw, qcow2, vmdk, vhd or vhdx.", HelpName = "CONTAINER", Required = true };
        container.AcceptOnlyFromAmong([.. Enum.GetNames<DiskContainerKind>().Select(static name => name.ToLowerInvariant())]);
        var program = new Option<string>("--program") { Description = "The qemu-img to run.", HelpName = "PROGRAM", DefaultValueFactory = static _ => "qemu-img" };
        var command = new Command("convert", "Put the disk of an image into another container, by running qemu-img.") { Image, destination, container, program };
        command.SetAction(async (parsed, cancellationToken) => await ProgressDisplay.RunAsync(parsed, async progress =>
        {
            var kind = Enum.Parse<DiskContainerKind>(parsed.GetRequiredValue(container), ignoreCase: true);
            await new DiskConverter(parsed.GetRequiredValue(program)).ConvertAsync(parsed.GetRequiredValue(Image), parsed.GetRequiredValue(destination), kind, progress, cancellationToken);
            return true;
        }));
        return command;
    }

    public static Command CreateMount()
    {
        var folder = new Argument<string>("folder") { Description = "Where it is mounted." };
        var partition = new Option<string?>("--partition", "-p") { Description = "The partition, by number or label.", HelpName = "PARTITION" };
        var writable = new Option<bool>("--writable") { Description = "Let the file system be written to." };
        var command = new Command("mount", "Mount a partition of a raw image by a loop device. Needs the right to mount.") { Image, folder, partition, writable };
        command.SetAction((parsed, cancellationToken) =>
            DiskMount.MountAsync(parsed.GetRequiredValue(Image), parsed.GetRequiredValue(folder), parsed.GetValue(partition), !parsed.GetValue(writable), cancellationToken));
        return command;
    }

    public static Command CreateUnmount()
    {
        var folder = new Argument<string>("folder") { Description = "Where it is mounted." };
        var command = new Command("unmount", "Unmount what 'disk mount' has mounted; its loop device goes away too.") { folder };
        command.SetAction((parsed, cancellationToken) => DiskMount.UnmountAsync(parsed.GetRequiredValue(folder), cancellationToken));
        return command;
    }
}
