using System.CommandLine;
using Newtonsoft.Json.Linq;
using NixSharp.Disks;
using NixSharp.Tool.Terminal;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp disk ...</c></summary>
internal static class DiskCommands
{
    private static readonly Argument<string> Image = new("image") { Description = "A disk image, compressed or not, or a device." };

    private static readonly Option<string?> Partition = new("--partition", "-p")
    {
        Description = "The partition, by number or label. Default: the only one with files that can be read.",
        HelpName = "PARTITION",
    };

    public static Command Create() => new("disk", "Disk images and devices.")
    {
        CreateInspect(),
        CreateList(),
        CreateCat(),
        DiskBuildCommand.Create(),
        DiskWriteCommands.CreateFormats(),
        DiskWriteCommands.CreateDecompress(),
        DiskWriteCommands.CreateWrite(),
        DiskWriteCommands.CreateResize(),
        DiskWriteCommands.CreateConvert(),
        DiskWriteCommands.CreateMount(),
        DiskWriteCommands.CreateUnmount(),
    };

    private static Command CreateInspect()
    {
        var command = new Command("inspect", "Say what an image holds: container, partitions, file systems, and what is wrong with it.") { Image };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var image = await OpenAsync(parsed, cancellationToken);
            var inspection = image.Inspect();
            Output.Print(parsed, DiskText.Describe(inspection), () => DiskText.ToJson(inspection));
        });
        return command;
    }

    private static Command CreateList()
    {
        var path = new Argument<string>("path") { Description = "The folder.", DefaultValueFactory = static _ => "/" };
        var command = new Command("ls", "List a folder of a file system in an image, without mounting it.") { Image, path, Partition };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var image = await OpenAsync(parsed, cancellationToken);
            var entries = image.OpenFileSystem(parsed.GetValue(Partition)).List(parsed.GetRequiredValue(path));
            Output.Print(parsed, string.Join('\n', entries.Select(DiskText.Describe)), () => new JArray(entries.Select(DiskText.ToJson)));
        });
        return command;
    }

    private static Command CreateCat()
    {
        var path = new Argument<string>("path") { Description = "The file." };
        var command = new Command("cat", "Print a file of a file system in an image.") { Image, path, Partition };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var image = await OpenAsync(parsed, cancellationToken);
            await using var output = Console.OpenStandardOutput();
            image.OpenFileSystem(parsed.GetValue(Partition)).CopyFile(parsed.GetRequiredValue(path), output, cancellationToken);
        });
        return command;
    }

    private static Task<DiskImage> OpenAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        ProgressDisplay.RunAsync(parsed, progress => DiskImage.OpenAsync(parsed.GetRequiredValue(Image), progress, cancellationToken));
}
