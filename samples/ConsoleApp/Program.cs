// From a folder to a running registry: ConsoleApp FOLDER [REGISTRY/REPOSITORY:TAG]
using NixSharp;
using NixSharp.Closures;
using NixSharp.Images;
using NixSharp.Registries;
using NixSharp.Stores;
using NixSharp.Volumes;

if (args.Length is < 1 or > 2)
{
    Console.Error.WriteLine("usage: ConsoleApp FOLDER [REGISTRY/REPOSITORY:TAG]");
    return 2;
}

try
{
    await using var store = await NixStore.OpenAsync("auto");
    var path = await store.AddAsync(args[0]);
    var closure = await store.GetClosureAsync(path);
    Console.WriteLine($"{path}: {closure.Paths.Count} store paths, {ByteSize.Format(closure.NarSize)}");

    var volume = await StoreVolume.CreateAsync(closure, Path.Combine(Path.GetTempPath(), $"volume-{path.BaseName}"));
    Console.WriteLine($"{volume.Path}: {volume.Report}");
    await volume.DeleteAsync();

    using var image = ContainerImage.FromClosure(closure, new ImageOptions { WorkingDirectory = path.ToString() });
    var written = await image.WriteAsync("oci:image:1.0");
    Console.WriteLine($"oci:image:1.0: {written.ManifestDigest}");

    if (args.Length == 2)
    {
        var pushed = await image.PushAsync(args[1]);
        Console.WriteLine($"{pushed.Reference}: {(pushed.Unchanged ? "unchanged" : $"sent {ByteSize.Format(pushed.BytesUploaded)}")}");
    }

    return 0;
}
catch (NixException error)
{
    Console.Error.WriteLine($"{error.Code}: {error.Message}");
    return 1;
}
