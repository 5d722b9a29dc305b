#addin nuget:?package=NixSharp.Cake&version=0.1.0

var registry = Argument("registry", "localhost:5000");
var tag = Argument("tag", "sha-{commit}");

Task("Push").Does(() =>
{
    var image = NixBuild(".#image-dev");
    NixPush(image, $"{registry}/acme/hello-dev:{tag}", new NixImageSettings());
});

RunTarget("Push");
