#addin nuget:?package=NixSharp.Cake&version=0.1.0

// dotnet tool restore && dotnet cake --image=localhost:5000/site:1.0
var store = Argument("store", "auto");
var image = Argument("image", "");

StorePath site = default;
var settings = new NixImageSettings
{
    Store = store,
    Options = new ImageOptions { Labels = new Dictionary<string, string> { ["org.opencontainers.image.title"] = "site" } },
};

Task("Add")
    .Does(() =>
    {
        site = NixStoreAdd("./site", new NixStoreAddSettings { Store = store, Name = "site-1.0" });
        Information($"{NixClosure([site], settings).NarSize} bytes");
    });

Task("Volume")
    .IsDependentOn("Add")
    .Does(() =>
    {
        var volume = NixVolumeCreate([site], "./volume", settings);
        Information($"{volume.Report!.LinkedFiles} files linked");
        NixVolumeDelete("./volume");
    });

Task("Image")
    .IsDependentOn("Add")
    .Does(() =>
    {
        NixImageBuild([site], "oci:./image:1.0", settings);
    });

Task("Push")
    .IsDependentOn("Image")
    .WithCriteria(image != "", "give --image=HOST/NAME:TAG to push")
    .Does(() =>
    {
        NixPush([site], image, settings);
        SkopeoCopy("oci:./image:1.0", $"docker://{image}-skopeo");
    });

Task("Default")
    .IsDependentOn("Volume")
    .IsDependentOn("Push");

RunTarget(Argument("target", "Default"));
