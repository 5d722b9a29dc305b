// The main job: publish samples/HelloWeb, and take it through a store to an image, a volume and, if asked, a registry.
// The app's host program names the .NET runtime by its store path, as programs that Nix built name what they need; so
// the closure has both, the image keeps them in layers of their own, and the app runs from the volume as it is.
// ./build.sh runs it; the aliases are NixSharp's own, as published into artifacts/cake.
#r "../artifacts/cake/NixSharp.Cake.dll"

using NixSharp;
using NixSharp.Closures;
using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.StorePaths;
using NixSharp.Volumes;

var root = MakeAbsolute(Directory("..")).FullPath;
var artifacts = $"{root}/artifacts";
var version = "1.0.0";
var name = $"hello-web-{version}";

var dataHome = EnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } data ? data : $"{EnvironmentVariable("HOME")}/.local/share";
var store = Argument("store", $"{dataHome}/nix/root");
var registry = Argument("registry", "");

var publish = $"{artifacts}/publish/hello-web";
var runtimeFolder = $"{artifacts}/publish/dotnet-runtime";
var layout = $"{artifacts}/images/hello-web";
var archive = $"{artifacts}/images/hello-web.tar";
var volumeFolder = $"{artifacts}/volumes/hello-web";
var lastRun = $"{artifacts}/last-run.txt";

StorePath app = default;
StorePath runtime = default;
Closure closure = null;
NixImageSettings settings = null;
WriteResult written = null;
StoreVolume volume = null;
var archiveReused = false;
string pushed = null;

// What the last run made, a line each: the store path, the archive's configuration, the image that was pushed where.
var remembered = FileExists(lastRun) ? System.IO.File.ReadAllLines(lastRun).ToHashSet() : new HashSet<string>();

Task("Runtime")
    .Does(() =>
    {
        // "Microsoft.NETCore.App 10.0.4 [/usr/share/dotnet/shared/Microsoft.NETCore.App]"
        StartProcess("dotnet", new ProcessSettings { Arguments = "--list-runtimes", RedirectStandardOutput = true }, out var lines);
        var installed = lines
            .Select(line => line.Split(' ', 3))
            .Where(parts => parts.Length == 3 && parts[1].StartsWith("10.") && Version.TryParse(parts[1], out _))
            .OrderBy(parts => Version.Parse(parts[1]))
            .ToLookup(parts => parts[0], parts => (Version: parts[1], Folder: parts[2].Trim('[', ']')));
        var core = installed["Microsoft.NETCore.App"].Last();
        var dotnet = System.IO.Path.GetFullPath($"{core.Folder}/../..");
        CleanDirectory(runtimeFolder);
        foreach (var folder in new[]
        {
            $"host/fxr/{core.Version}",
            $"shared/Microsoft.NETCore.App/{core.Version}",
            $"shared/Microsoft.AspNetCore.App/{installed["Microsoft.AspNetCore.App"].Last().Version}",
        })
        {
            CopyDirectory($"{dotnet}/{folder}", $"{runtimeFolder}/{folder}");
        }

        runtime = NixStoreAdd(runtimeFolder, new NixStoreAddSettings { Store = store, Name = $"dotnet-runtime-{core.Version}" });
    });

Task("Publish")
    .IsDependentOn("Runtime")
    .Does(() =>
    {
        CleanDirectory(publish);
        DotNetPublish($"{root}/samples/HelloWeb", new DotNetPublishSettings
        {
            Configuration = "Release",
            OutputDirectory = publish,
            NoLogo = true,
            Verbosity = DotNetVerbosity.Quiet,
            // The same bytes from every clone: paths are mapped, symbols stay out.
            MSBuildSettings = new DotNetMSBuildSettings()
                .WithProperty("ContinuousIntegrationBuild", "true")
                .WithProperty("DebugType", "none")
                .WithProperty("IncludeSourceRevisionInInformationalVersion", "false")
                .WithProperty("InvariantGlobalization", "true")
                .WithProperty("AppHostDotNetSearch", "AppRelative")
                .WithProperty("AppHostRelativeDotNet", $"../{runtime.BaseName}"),
        });
    });

Task("Store")
    .IsDependentOn("Publish")
    .Does(() =>
    {
        app = NixStoreAdd(publish, new NixStoreAddSettings { Store = store, Name = name, ReferenceCandidates = [runtime] });
        closure = NixClosure([app], new NixSettings { Store = store });
    });

Task("Image")
    .IsDependentOn("Store")
    .Does(() =>
    {
        settings = new NixImageSettings
        {
            Store = store,
            Options = new ImageOptions
            {
                Entrypoint = [$"{app}/HelloWeb"],
                WorkingDirectory = app.ToString(),
                Environment = [KeyValuePair.Create("ASPNETCORE_URLS", "http://+:8080")],
                ExposedPorts = ["8080"],
                Labels = new Dictionary<string, string>
                {
                    ["org.opencontainers.image.title"] = "hello-web",
                    ["org.opencontainers.image.version"] = version,
                },
                Cache = new LayerCache($"{artifacts}/layers"),
            },
        };
        EnsureDirectoryExists($"{artifacts}/images");
        written = NixImageBuild([app], $"oci:{layout}:{version}", settings);
        archiveReused = FileExists(archive) && remembered.Contains($"archive {written.ConfigDigest}");
        if (!archiveReused)
        {
            NixImageBuild([app], $"docker-archive:{archive}:hello-web:{version}", settings);
        }
    });

Task("Volume")
    .IsDependentOn("Store")
    .Does(() =>
    {
        // A volume is of one closure: another one takes its place.
        if (DirectoryExists(volumeFolder) && !remembered.Contains($"store {app}"))
        {
            NixVolumeDelete(volumeFolder);
        }

        volume = NixVolumeCreate([app], volumeFolder, new NixSettings { Store = store });
    });

Task("Push")
    .IsDependentOn("Image")
    .WithCriteria(registry != "", "no --registry was given")
    .Does(() =>
    {
        pushed = registry.LastIndexOf(':') > registry.LastIndexOf('/') ? registry : $"{registry}:{version}";
        NixPush([app], pushed, settings);
    });

Task("Default")
    .IsDependentOn("Volume")
    .IsDependentOn("Push")
    .Does(() =>
    {
        System.IO.File.WriteAllLines(lastRun, [$"store {app}", $"archive {written.ConfigDigest}"]);
        string Reused(bool reused) => reused ? "   reused from the last run" : "";
        var report = volume.Report;
        var lines = new List<string>
        {
            "",
            $"store path    {app}{Reused(remembered.Contains($"store {app}"))}",
            $"store         {store}",
            $"closure       {closure.Paths.Count} store paths, {ByteSize.Format(closure.NarSize)}",
            $"image         {written.ManifestDigest}",
        };
        lines.AddRange(written.Layers.Select((layer, index) =>
            $"  layer {index + 1,-5} {layer.Descriptor.Blob.Digest}  {ByteSize.Format(layer.Descriptor.Blob.Size)}{Reused(layer.Reused)}"));
        lines.AddRange(
        [
            $"OCI layout    {Relative(layout)}",
            $"archive       {Relative(archive)}{Reused(archiveReused)}",
            $"volume        {Relative(volumeFolder)}" + (report.IsReused
                ? Reused(true)
                : $"   {report.LinkedFiles} files linked, {report.ClonedFiles} cloned, {report.CopiedFiles} copied"),
        ]);
        if (pushed is not null)
        {
            lines.Add($"pushed        {pushed}");
        }

        lines.AddRange(
        [
            "",
            "What next:",
            $"  ASPNETCORE_URLS=http://localhost:8080 {Relative(volumeFolder)}{app}/HelloWeb",
            $"  skopeo inspect oci:{Relative(layout)}:{version}",
            $"  docker load < {Relative(archive)}",
            $"  nix --store {store} path-info -rsSh {app}",
            pushed is null ? "  ./build.sh --registry localhost:5000/hello-web" : $"  skopeo inspect docker://{pushed}",
            "  ./build.sh            # again: what did not change is reused",
        ]);
        foreach (var line in lines)
        {
            Information("{0}", line);
        }

        string Relative(string path) => System.IO.Path.GetRelativePath(root, path);
    });

RunTarget(Argument("target", "Default"));
