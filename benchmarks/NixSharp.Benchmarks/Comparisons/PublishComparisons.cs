namespace NixSharp.Benchmarks.Comparisons;

internal static class PublishComparisons
{
    /// <summary>A console project, published and pushed onto a base image in the same registry, as builds do it again and again.</summary>
    public static async Task<Comparison> PushAsync(Workshop shop, bool isChanged)
    {
        var version = $"0.1.0-bench.{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}";
        var folder = Workshop.FileOf("publish");
        var large = await Workshop.AddLargeTreeAsync();
        await ScriptTimer.RunAsync($$"""
            {{Workshop.Clean(folder)}}
            mkdir -p '{{folder}}/feed' '{{folder}}/ours' '{{folder}}/theirs'
            cd '{{shop.Root}}' && dotnet pack src/NixSharp.MSBuild -c Release -o '{{folder}}/feed' -p:Version={{version}} -v q
            '{{shop.Tool}}' image push {{large}} {{shop.Registry}}/base:1 --store '{{Workshop.Store}}' --quiet
            cd '{{folder}}'
            echo '<Project/>' | tee Directory.Build.props Directory.Build.targets Directory.Packages.props >/dev/null
            echo '<configuration><packageSources><add key="local" value="feed" /></packageSources></configuration>' > NuGet.config
            echo '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><UseAppHost>false</UseAppHost><ContainerBaseImage>{{shop.Registry}}/base:1</ContainerBaseImage><ContainerRegistry>{{shop.Registry}}</ContainerRegistry><ContainerRepository>app-theirs</ContainerRepository><ContainerImageTag>1</ContainerImageTag></PropertyGroup></Project>' > theirs/app.csproj
            echo '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><UseAppHost>false</UseAppHost><NixStore>{{folder}}/store</NixStore><NixImageBase>{{shop.Registry}}/base:1</NixImageBase><NixImageRegistry>{{shop.Registry}}</NixImageRegistry><NixImageRepository>app-ours</NixImageRepository><NixImageTags>1</NixImageTags></PropertyGroup><ItemGroup><PackageReference Include="NixSharp.MSBuild" Version="{{version}}" PrivateAssets="all" /></ItemGroup></Project>' > ours/app.csproj
            echo 'System.Console.WriteLine("hello");' | tee ours/Program.cs > theirs/Program.cs
            (cd ours && dotnet restore -v q); (cd theirs && dotnet restore -v q)
            """);
        var change = isChanged ? "echo \"System.Console.WriteLine($(date +%s%N));\" > '{0}/Program.cs'" : ":";
        return new Comparison(
            $"dotnet publish of a console project and push onto a base, {(isChanged ? "one line changed" : "unchanged")}",
            ["dotnet", "docker-registry"],
            new Contender("dotnet publish -t:NixPush", $"cd '{folder}/ours'; dotnet publish -c Release -v q --no-restore -t:NixPush", string.Format(null, change, $"{folder}/ours")),
            [new Contender("dotnet publish -t:PublishContainer", $"cd '{folder}/theirs'; DOTNET_CONTAINER_INSECURE_REGISTRIES={shop.Registry} dotnet publish -c Release -v q --no-restore -t:PublishContainer", string.Format(null, change, $"{folder}/theirs"))]);
    }
}
