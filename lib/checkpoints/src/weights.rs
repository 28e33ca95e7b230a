//! All tensors of a model directory, by name, whether in one file or many.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::dtype::widen;
use crate::layout::{EMBEDDING, HEAD};
use crate::mapped::{MappedFile, TensorView};
use crate::{ModelConfig, Parameter, WeightsError, digest, finite, index};

const SINGLE: &str = "model.safetensors";
const INDEX: &str = "model.safetensors.index.json";

/// The tensors of one model, mapped. Opening reads only headers.
#[derive(Debug)]
pub struct Weights {
    directory: PathBuf,
    files: Vec<MappedFile>,
    /// Name to (file, tensor within the file).
    places: BTreeMap<String, (usize, usize)>,
}

impl Weights {
    /// Opens `model.safetensors`, or the shards that `model.safetensors.index.json` names.
    pub fn open(directory: &Path) -> Result<Self, WeightsError> {
        // transformers prefers the single file where both exist; so does this.
        if directory.join(SINGLE).is_file() {
            return Self::open_file(&directory.join(SINGLE));
        }
        if directory.join(INDEX).is_file() {
            return Self::open_sharded(&directory.join(INDEX));
        }
        let pickled = ["pytorch_model.bin", "pytorch_model.bin.index.json"]
            .iter()
            .any(|name| directory.join(name).exists());
        Err(WeightsError::NoWeights {
            directory: directory.to_owned(),
            pickled,
        })
    }

    /// Opens one safetensors file by its own name.
    pub fn open_file(path: &Path) -> Result<Self, WeightsError> {
        let file = MappedFile::open(path)?;
        let places = (0..file.tensors().len())
            .map(|tensor| (file.tensors()[tensor].name.clone(), (0, tensor)))
            .collect();
        let directory = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Self {
            directory,
            files: vec![file],
            places,
        })
    }

    fn open_sharded(index_path: &Path) -> Result<Self, WeightsError> {
        let weight_map = index::read(index_path)?;
        let directory = index_path.parent().unwrap_or(Path::new("")).to_owned();
        let mut files: Vec<MappedFile> = Vec::new();
        let mut positions: BTreeMap<String, usize> = BTreeMap::new();
        let mut places = BTreeMap::new();
        for (tensor, shard) in weight_map {
            let file = match positions.get(&shard) {
                Some(file) => *file,
                None => {
                    files.push(MappedFile::open(&directory.join(&shard))?);
                    positions.insert(shard.clone(), files.len() - 1);
                    files.len() - 1
                }
            };
            let Some(position) = files[file].position(&tensor) else {
                let path = index_path.to_owned();
                return Err(WeightsError::NotInShard {
                    path,
                    shard,
                    tensor,
                });
            };
            places.insert(tensor, (file, position));
        }
        Ok(Self {
            directory,
            files,
            places,
        })
    }

    /// The directory that the weights came from.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Names of all tensors, ascending.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    pub fn contains(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    /// The tensor called `name`.
    pub fn tensor(&self, name: &str) -> Result<TensorView<'_>, WeightsError> {
        let (file, tensor) = self.place(name)?;
        Ok(file.view(tensor))
    }

    /// The tensor called `name`, which must have `shape` and a weight's element type.
    pub fn weight(&self, name: &str, shape: &[usize]) -> Result<TensorView<'_>, WeightsError> {
        let view = self.tensor(name)?;
        let tensor = || name.to_owned();
        if view.shape != shape {
            let (expected, found) = (shape.to_vec(), view.shape.to_vec());
            return Err(WeightsError::Shape {
                path: self.path(name),
                tensor: tensor(),
                expected,
                found,
            });
        }
        if !view.dtype.is_weight() {
            let (path, dtype) = (self.path(name), view.dtype);
            return Err(WeightsError::NotAWeight {
                path,
                tensor: tensor(),
                dtype,
            });
        }
        Ok(view)
    }

    /// The elements of `name` widened to float32, which is exact.
    pub fn f32(&self, name: &str) -> Result<Vec<f32>, WeightsError> {
        let view = self.tensor(name)?;
        widen(view.dtype, view.bytes).ok_or_else(|| WeightsError::NotAWeight {
            path: self.path(name),
            tensor: name.to_owned(),
            dtype: view.dtype,
        })
    }

    /// Checks that every parameter of `config` is here with its shape and holds finite numbers.
    ///
    /// Reads all of them once, in parallel. Tensors that `config` does not know are not looked at, but for a head beside
    /// an embedding that is said to be the head.
    pub fn check(&self, config: &ModelConfig) -> Result<(), WeightsError> {
        self.check_parameters(&config.parameters())?;
        self.check_tied_head(config)
    }

    /// Refuses a head of its own where `config` says that the embedding is the head: readers differ in which of the two
    /// they take, so the file does not say which model it is. A copy of the embedding is fine.
    pub fn check_tied_head(&self, config: &ModelConfig) -> Result<(), WeightsError> {
        if !config.tie_word_embeddings || !self.contains(HEAD) {
            return Ok(());
        }
        let (head, embedding) = (self.tensor(HEAD)?, self.tensor(EMBEDDING)?);
        let same = if head.shape != embedding.shape {
            false
        } else if head.dtype == embedding.dtype {
            head.bytes == embedding.bytes
        } else {
            self.f32(HEAD)? == self.f32(EMBEDDING)?
        };
        if same {
            return Ok(());
        }
        Err(WeightsError::TiedHead {
            path: self.path(HEAD),
            head: HEAD,
            embedding: EMBEDDING,
        })
    }

    /// As [`check`](Self::check), for a list of one's own.
    pub fn check_parameters(&self, parameters: &[Parameter]) -> Result<(), WeightsError> {
        for parameter in parameters {
            self.weight(&parameter.name, &parameter.shape)?;
        }
        self.check_finite(parameters.iter().map(|parameter| parameter.name.as_str()))
    }

    /// Checks that no element of the named tensors is NaN or infinite.
    pub fn check_finite<'a>(
        &self,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), WeightsError> {
        for name in names {
            let view = self.tensor(name)?;
            if let Some((index, value)) = finite::first_exception(view.dtype, view.bytes) {
                let (path, tensor) = (self.path(name), name.to_owned());
                return Err(WeightsError::NotFinite {
                    path,
                    tensor,
                    index,
                    value,
                });
            }
        }
        Ok(())
    }

    /// A hash over names, element types, shapes and elements, as lower-case hexadecimal digits.
    ///
    /// The same for the same tensors however they are divided into files, whatever metadata the
    /// files carry, and however many threads compute it.
    pub fn sha256(&self) -> String {
        let views = self
            .places
            .iter()
            .map(|(name, (file, tensor))| (name.as_str(), self.files[*file].view(*tensor)));
        digest::of_tensors(views)
    }

    fn place(&self, name: &str) -> Result<(&MappedFile, usize), WeightsError> {
        match self.places.get(name) {
            Some((file, tensor)) => Ok((&self.files[*file], *tensor)),
            None => Err(WeightsError::MissingTensor {
                directory: self.directory.clone(),
                tensor: name.to_owned(),
            }),
        }
    }

    /// The file that holds `name`, for error messages.
    fn path(&self, name: &str) -> PathBuf {
        match self.place(name) {
            Ok((file, _)) => file.path().to_owned(),
            Err(_) => self.directory.clone(),
        }
    }
}
